using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Http.Features;

namespace Carillon.Server.Http;

/// <summary>Either who the caller is, or why that is not known.</summary>
/// <param name="Claim">The proven claim; its service tells which of the policy's services the client meant.</param>
internal readonly record struct Authentication(Caller? Caller, SigV4Claim? Claim, AuthenticationFault? Fault)
{
    [MemberNotNullWhen(true, nameof(Caller), nameof(Claim))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsProven => Caller is not null;
}

/// <summary>Finds the caller of a request by its signature, over what stood on the wire.</summary>
/// <remarks>
/// Replays within the window are possible, as with AWS; a client token makes the operations where it matters harmless.
/// </remarks>
internal sealed class Authenticator(ICredentialSource source, TimeProvider time)
{
    private readonly SigningKeys keys = new();

    /// <param name="context">Nothing before this may have rewritten its Host, target or headers.</param>
    /// <param name="body">
    /// The whole body as received; empty for a WebSocket. Null where it is still to come: then the signature must cover
    /// X-Amz-Content-Sha256, and the caller holds the body against that.
    /// </param>
    /// <param name="policy">The services that may be meant here, and the regions that may be named.</param>
    public Authentication Authenticate(HttpContext context, ReadOnlyMemory<byte>? body, SigV4Policy policy)
    {
        var fields = ArrayPool<HeaderField>.Shared.Rent(64);
        try
        {
            return Authenticate(RequestOf(context, ref fields), body, policy);
        }
        finally
        {
            ArrayPool<HeaderField>.Shared.Return(fields, clearArray: true);
        }
    }

    /// <summary>
    /// Whether a request names a credential that there is and that has not expired. That its sender holds it is not known
    /// before the body is there; whoever knows none need not be given the memory for a large one.
    /// </summary>
    public bool NamesCredential(HttpContext context, SigV4Policy policy)
    {
        var fields = ArrayPool<HeaderField>.Shared.Rent(64);
        try
        {
            var now = time.GetUtcNow();
            return SigV4Reader.TryRead(RequestOf(context, ref fields), policy, now, out var claim, out _)
                && source.Find(claim.AccessKeyId, claim.SessionToken, out _) is { } credential
                && !(credential.Caller.Expires <= now);
        }
        finally
        {
            ArrayPool<HeaderField>.Shared.Return(fields, clearArray: true);
        }
    }

    /// <param name="fields">Rented, and grown where it is too small.</param>
    private static RawRequest RequestOf(HttpContext context, ref HeaderField[] fields)
    {
        // The decoded path has lost %2F, repeated slashes and dot segments: only the raw target can be verified.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

        // A browser signs GET even when HTTP/2 turns its WebSocket into an extended CONNECT.
        var method = context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true }
            ? HttpMethods.Get
            : context.Request.Method;

        var count = 0;
        foreach (var (name, values) in context.Request.Headers)
        {
            foreach (var value in values)
            {
                if (count == fields.Length) Grow(ref fields);
                fields[count++] = new HeaderField(name, value ?? "");
            }
        }

        return new RawRequest(method, target, fields.AsSpan(0, count));
    }

    /// <summary>The same, of a request that the web server has no part in.</summary>
    public Authentication Authenticate(in RawRequest request, ReadOnlyMemory<byte>? body, SigV4Policy policy)
    {
        var now = time.GetUtcNow();
        if (!SigV4Reader.TryRead(request, policy, now, out var claim, out var refused))
            return new(null, null, AuthenticationErrors.Of(refused));

        var credential = source.Find(claim.AccessKeyId, claim.SessionToken, out var fault);
        if (credential is null) return new(null, null, AuthenticationErrors.Of(fault));
        if (credential.Caller.Expires <= now) return new(null, null, AuthenticationErrors.Of(CredentialFault.Expired));

        Span<byte> key = stackalloc byte[SigningKey.Size];
        var kept = keys.Derive(claim, credential.Secret, key);
        refused = body is { } whole
            ? SigV4Verifier.Verify(request, claim, whole.Span, key)
            : SigV4Verifier.VerifyHead(request, claim, key);
        if (refused is null && !kept) keys.Keep(claim, credential.Secret, key);
        CryptographicOperations.ZeroMemory(key);
        return refused is null
            ? new(credential.Caller, claim, null)
            : new(null, null, AuthenticationErrors.Of(refused));
    }

    private static void Grow(ref HeaderField[] fields)
    {
        var larger = ArrayPool<HeaderField>.Shared.Rent(fields.Length * 2);
        fields.CopyTo(larger, 0);
        ArrayPool<HeaderField>.Shared.Return(fields, clearArray: true);
        fields = larger;
    }
}
