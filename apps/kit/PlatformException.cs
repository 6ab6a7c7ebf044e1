using System.Net;

namespace Carillon.Kit;

/// <summary>The platform refused, or answered with something that is not an answer.</summary>
/// <param name="code">The error's name as AWS spells it, <c>ConflictException</c> or <c>EntityAlreadyExists</c>.</param>
public sealed class PlatformException(HttpStatusCode status, string code, string message)
    : Exception($"{(int)status} {code}: {message}")
{
    public HttpStatusCode Status { get; } = status;

    public string Code { get; } = code;
}
