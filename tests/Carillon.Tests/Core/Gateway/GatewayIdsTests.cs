using Carillon.Core.Gateway;
using Xunit;

namespace Carillon.Tests.Core.Gateway;

public class GatewayIdsTests
{
    [Fact]
    public void A_connection_has_an_id_in_the_form_of_AWS()
    {
        var ids = Enumerable.Range(0, 1_000).Select(_ => GatewayIds.NewConnection()).ToList();

        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9_-]{15}=$", id));
        Assert.All(ids, id => Assert.True(GatewayIds.IsConnection(id)));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("R0oXAdfD0kwCH6w")]
    [InlineData("R0oXAdfD0kwCH6w==")]
    [InlineData("R0oXAdfD0kw/H6w=")]
    public void Anything_else_is_none(string id) => Assert.False(GatewayIds.IsConnection(id));
}
