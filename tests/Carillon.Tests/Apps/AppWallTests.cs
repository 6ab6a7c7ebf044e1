using System.Reflection;
using Xunit;

namespace Carillon.Tests.Apps;

/// <summary>Apps are strangers: of the platform they may know the signer and the SQL facade, nothing else.</summary>
public class AppWallTests
{
    [Theory]
    [InlineData("Carillon.Kit", "Carillon.Wire")]
    [InlineData("Carillon.Events.Core", "Carillon.Sql")]
    [InlineData("Carillon.Events", "Carillon.Wire", "Carillon.Kit", "Carillon.Events.Core")]
    [InlineData("Carillon.Start", "Carillon.Wire", "Carillon.Kit")]
    public void An_app_knows_the_platform_by_its_wire_only(string app, params string[] known)
    {
        var rooms = Assembly.Load(app).GetReferencedAssemblies()
            .Select(a => a.Name!).Where(n => n.StartsWith("Carillon.", StringComparison.Ordinal));

        Assert.Empty(rooms.Except(known));
    }
}
