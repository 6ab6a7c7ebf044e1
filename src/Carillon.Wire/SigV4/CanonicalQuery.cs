using System.Buffers;

namespace Carillon.Wire.SigV4;

/// <summary>How the query enters the canonical request.</summary>
public enum QuerySpelling
{
    /// <summary>Decoded and encoded again: what the specification asks for.</summary>
    Reencoded,

    /// <summary>As sent, only sorted: browsers leave <c>! ' ( ) *</c> bare and sign them so.</summary>
    AsSent,
}

/// <summary>What a presigned query holds although it was not signed.</summary>
public enum QueryOmission
{
    /// <summary>The signature stands in a header, so the whole query is signed.</summary>
    Nothing,
    Signature,

    /// <summary>Some signers append <c>X-Amz-Security-Token</c> when all is signed.</summary>
    SignatureAndToken,
}

internal static class CanonicalQuery
{
    /// <summary>Writes the pairs sorted by name, then value, bytewise.</summary>
    public static void Write(
        ReadOnlySpan<char> query, QuerySpelling spelling, QueryOmission without, ref Utf8Writer to)
    {
        if (query.IsEmpty) return;

        var text = new Utf8Writer(stackalloc byte[1024]);
        var pairs = ArrayPool<Pair>.Shared.Rent(query.Count('&') + 1);
        var bytes = default(byte[]);
        try
        {
            var count = 0;
            var from = new QueryPairs(query);
            while (from.Next())
            {
                if (without != QueryOmission.Nothing && from.Is(SigV4Names.Signature)) continue;
                if (without == QueryOmission.SignatureAndToken && from.Is(SigV4Names.SecurityToken)) continue;
                var start = text.Length;
                Append(from.Name, spelling, ref text);
                var equal = text.Length;
                Append(from.Value, spelling, ref text);
                pairs[count++] = new Pair(start, equal, text.Length);
            }

            bytes = ArrayPool<byte>.Shared.Rent(Math.Max(text.Length, 1));
            text.Written.CopyTo(bytes);
            pairs.AsSpan(0, count).Sort(new ByNameThenValue(bytes));
            for (var i = 0; i < count; i++)
            {
                if (i > 0) to.Append((byte)'&');
                to.Append(pairs[i].Name(bytes));
                to.Append((byte)'=');
                to.Append(pairs[i].Value(bytes));
            }
        }
        finally
        {
            text.Dispose();
            ArrayPool<Pair>.Shared.Return(pairs);
            if (bytes is not null) ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static void Append(ReadOnlySpan<char> part, QuerySpelling spelling, ref Utf8Writer to)
    {
        if (spelling == QuerySpelling.AsSent) to.Append(part);
        else Percent.Reencode(part, ref to);
    }

    private readonly record struct Pair(int Start, int Equal, int End)
    {
        public ReadOnlySpan<byte> Name(byte[] text) => text.AsSpan(Start, Equal - Start);

        public ReadOnlySpan<byte> Value(byte[] text) => text.AsSpan(Equal, End - Equal);
    }

    private readonly struct ByNameThenValue(byte[] text) : IComparer<Pair>
    {
        public int Compare(Pair x, Pair y)
        {
            var names = x.Name(text).SequenceCompareTo(y.Name(text));
            return names != 0 ? names : x.Value(text).SequenceCompareTo(y.Value(text));
        }
    }
}
