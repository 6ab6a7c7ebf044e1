using System.Buffers;
using System.Text;

namespace Carillon.Wire.SigV4;

/// <summary>The text that is signed. Differs from S3's: the path is normalised, then encoded a second time.</summary>
/// <remarks>AWS General Reference, "Create a signed AWS API request", read 2026-11.</remarks>
public static class CanonicalRequest
{
    private const string Blanks = " \t\r\n\v\f";

    private static readonly SearchValues<char> blanks = SearchValues.Create(Blanks);

    /// <summary>The canonical request as text, for tests and for telling a user what was expected.</summary>
    public static string Build(
        in RawRequest request,
        string signedHeaders,
        string payloadHash,
        QuerySpelling spelling = QuerySpelling.Reencoded,
        QueryOmission without = QueryOmission.Nothing)
    {
        var to = new Utf8Writer(stackalloc byte[1024]);
        try
        {
            Write(request, signedHeaders, payloadHash, spelling, without, ref to);
            return Encoding.UTF8.GetString(to.Written);
        }
        finally
        {
            to.Dispose();
        }
    }

    internal static void Write(
        in RawRequest request,
        ReadOnlySpan<char> signedHeaders,
        ReadOnlySpan<char> payloadHash,
        QuerySpelling spelling,
        QueryOmission without,
        ref Utf8Writer to)
    {
        to.Append(request.Method);
        to.Append((byte)'\n');
        WritePath(request.Path, ref to);
        to.Append((byte)'\n');
        CanonicalQuery.Write(request.Query, spelling, without, ref to);
        to.Append((byte)'\n');
        foreach (var range in signedHeaders.Split(';')) WriteHeader(request.Headers, signedHeaders[range], ref to);
        to.Append((byte)'\n');
        to.Append(signedHeaders);
        to.Append((byte)'\n');
        to.Append(payloadHash);
    }

    // Dot segments and empty segments go, a final slash stays, every segment is encoded as text: "%3A" becomes "%253A".
    // botocore and the JavaScript SDK agree in this, down to "/a/." losing its last slash.
    internal static void WritePath(ReadOnlySpan<char> path, ref Utf8Writer to)
    {
        var start = to.Length;
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            if (segment is "" or ".") continue;
            if (segment is "..")
            {
                if (to.Length > start) to.Truncate(start + to.Written[start..].LastIndexOf((byte)'/'));
                continue;
            }

            to.Append((byte)'/');
            Percent.Encode(segment, ref to);
        }

        if (to.Length == start || path.EndsWith('/')) to.Append((byte)'/');
    }

    private static void WriteHeader(ReadOnlySpan<HeaderField> headers, ReadOnlySpan<char> name, ref Utf8Writer to)
    {
        to.Append(name);
        to.Append((byte)':');
        var first = true;
        foreach (var field in headers)
        {
            if (!IsOf(field, name)) continue;
            if (!first) to.Append((byte)',');
            first = false;
            WriteCollapsed(field.Value, ref to);
        }

        to.Append((byte)'\n');
    }

    /// <summary>Whether a header is the one that was signed under a name.</summary>
    internal static bool IsOf(HeaderField field, ReadOnlySpan<char> signed) =>
        signed.Equals(field.Name, StringComparison.OrdinalIgnoreCase)
        || (signed is SigV4Names.Authority && field.Name.Equals(SigV4Names.Host, StringComparison.OrdinalIgnoreCase));

    // Trims, and makes every inner run of blanks one space, inside quotation marks too.
    private static void WriteCollapsed(ReadOnlySpan<char> value, ref Utf8Writer to)
    {
        value = value.Trim(Blanks);
        while (true)
        {
            var blank = value.IndexOfAny(blanks);
            if (blank < 0)
            {
                to.Append(value);
                return;
            }

            to.Append(value[..blank]);
            to.Append((byte)' ');
            value = value[blank..].TrimStart(Blanks);
        }
    }
}
