using System.Text;

namespace Carillon.Tests.Server.Contracts;

/// <summary>A request as it goes out.</summary>
/// <param name="Labels">Raw path labels, by the member's name.</param>
/// <param name="Query">Raw parameters in their order, the selector not among them.</param>
internal sealed record OddRequest(
    string Method, string Target, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<(string Name, string Value)> Query,
    string? Bearer, byte[] Body, string ContentType)
{
    public override string ToString()
    {
        var body = Encoding.UTF8.GetString(Body);
        return $"{Method} {Target[..Math.Min(Target.Length, 500)]} bearer '{Bearer}' body {body[..Math.Min(body.Length, 400)]}";
    }
}
