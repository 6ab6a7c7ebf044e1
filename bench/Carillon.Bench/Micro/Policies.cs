using BenchmarkDotNet.Attributes;
using Carillon.Core.Access;

namespace Carillon.Bench.Micro;

/// <summary>The first gate: may the caller send as this user in this channel?</summary>
[MemoryDiagnoser]
public class Policies
{
    // What README.md gives its users.
    private readonly Grants _grants = new(false, [Policy.Parse(
        $$"""
        {"Version":"2012-10-17","Statement":[
          {"Effect":"Allow","Action":"chime:*","Resource":[
            "{{Sample.App}}/user/${aws:PrincipalTag/UserId}","{{Sample.App}}/channel/*"]},
          {"Effect":"Deny","Action":"chime:*Tag*","Resource":"*"}]}
        """)]);

    private readonly AccessRequest _send = new(
        "chime:SendChannelMessage", [new(Sample.UserArn), new(Sample.ChannelArn)],
        new ContextKeys().Set("aws:PrincipalTag/UserId", Sample.UserId));

    private readonly AccessRequest _asAnother = new(
        "chime:SendChannelMessage", [new($"{Sample.App}/user/another"), new(Sample.ChannelArn)],
        new ContextKeys().Set("aws:PrincipalTag/UserId", Sample.UserId));

    [Benchmark(Description = "allow a send")]
    public bool Allowed() => Policy.Evaluate(_grants, _send).IsAllowed
        ? true
        : throw new InvalidOperationException("The policy allows it.");

    [Benchmark(Description = "refuse one as somebody else")]
    public bool Refused() => Policy.Evaluate(_grants, _asAnother).IsAllowed
        ? throw new InvalidOperationException("The policy refuses it.")
        : false;
}
