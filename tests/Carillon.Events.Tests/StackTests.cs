using Carillon.Server.Hosting;
using Carillon.Stack;
using Carillon.Wire.Outbound;
using Xunit;

namespace Carillon.Events.Tests;

/// <summary>The platform asks the app beside it about each message, wherever both listen.</summary>
public class StackTests
{
    [Theory]
    [InlineData("localhost", 4580, null, "http://localhost:4580/events/flow")]
    [InlineData("localhost", 0, null, "http://localhost:0/events/flow")]
    [InlineData("*", 4580, null, "http://localhost:4580/events/flow")]
    [InlineData("*", 4580, "hooks.example.org", "http://localhost:4580/events/flow")]
    [InlineData("localhost", 4580, "hooks.example.org", "http://localhost:4580/events/flow")]
    [InlineData("192.0.2.1", 4580, null, "http://192.0.2.1:4580/events/flow")]
    [InlineData("2001:db8::1", 4580, "10.0.0.0/8", "http://[2001:db8::1]:4580/events/flow")]
    public void Its_own_app_is_named_and_may_be_reached(string bind, int port, string? allowed, string processor)
    {
        var options = Pages.Adjust(new CarillonOptions { Bind = bind, Port = port, AllowedOutbound = allowed });

        Assert.Equal($"carillon-events={processor}", options.FlowEndpoints);
        var (url, rules) = (new Uri(processor), new OutboundRules(options.OutboundPlaces));
        Assert.True(
            rules.AllowsName(url.Host, url.Port) || rules.AllowsAddress(url.Host == "localhost"
                ? System.Net.IPAddress.Loopback : System.Net.IPAddress.Parse(url.Host)), options.OutboundPlaces);
        Assert.False(rules.AllowsName("localhost", 22));
        // What was allowed stays so.
        if (allowed == "hooks.example.org") Assert.True(rules.AllowsName(allowed, 443));
    }

    [Theory]
    [InlineData("carillon-events=http://elsewhere.example/x", "carillon-events=http://elsewhere.example/x")]
    [InlineData(
        "arn:aws:lambda:us-east-1:123456789012:function:carillon-events=http://elsewhere.example/x",
        "arn:aws:lambda:us-east-1:123456789012:function:carillon-events=http://elsewhere.example/x")]
    [InlineData(
        "carillon-events-staging=http://elsewhere.example/x",
        "carillon-events-staging=http://elsewhere.example/x,carillon-events=http://localhost:4580/events/flow")]
    public void Another_processor_of_that_very_name_takes_its_place(string given, string becomes) =>
        Assert.Equal(becomes, Pages.Adjust(new CarillonOptions { FlowEndpoints = given }).FlowEndpoints);
}
