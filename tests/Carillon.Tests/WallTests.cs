using System.Reflection;
using Xunit;

namespace Carillon.Tests;

/// <summary>The dependencies between the rooms of <c>src/</c> and <c>apps/</c> point one way.</summary>
public class WallTests
{
    [Theory]
    [InlineData("Carillon.Wire")]
    [InlineData("Carillon.Core")]
    [InlineData("Carillon.Sql")]
    [InlineData("Carillon.Backends", "Carillon.Core", "Carillon.Sql")]
    [InlineData("Carillon.Sockets", "Carillon.Wire")]
    [InlineData("Carillon.Server", "Carillon.Backends", "Carillon.Core", "Carillon.Sockets", "Carillon.Wire")]
    [InlineData("Carillon.Kit", "Carillon.Wire")]
    [InlineData("Carillon.Events.Core", "Carillon.Sql")]
    [InlineData("Carillon.Events", "Carillon.Events.Core", "Carillon.Kit", "Carillon.Wire")]
    [InlineData("Carillon.Start", "Carillon.Kit", "Carillon.Wire")]
    public void A_room_knows_only_the_rooms_below_it(string room, params string[] known)
    {
        var rooms = Assembly.Load(room).GetReferencedAssemblies()
            .Select(a => a.Name!).Where(n => n.StartsWith("Carillon.", StringComparison.Ordinal));

        Assert.Empty(rooms.Except(known));
    }
}
