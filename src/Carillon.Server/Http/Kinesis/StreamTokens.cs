using System.Text;
using Carillon.Core;
using Carillon.Core.Streams;
using Carillon.Server.Http.JsonProtocol;

namespace Carillon.Server.Http.Kinesis;

/// <summary>
/// What clients carry between requests on streams: iterators and tokens of lists. They hold all they stand for and are
/// sealed, so that the server keeps nothing, and nobody else can make one.
/// </summary>
internal sealed class StreamTokens(byte[] masterKey) : IDisposable
{
    /// <summary>Source: GetShardIterator and ListShards, API reference, read 2026-11: 300 seconds.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(300);

    private const char Separator = '\n';

    private static readonly byte[] Iterator = "iterator"u8.ToArray();
    private static readonly byte[] List = "list"u8.ToArray();

    private readonly SealedBox _box = new(masterKey, "carillon stream token 1");

    public string SealIterator(ShardIterator iterator) => Seal(
        Iterator, $"{iterator.Stream.Value}", $"{iterator.Shard}", $"{iterator.After}", $"{iterator.Issued.Microseconds}", iterator.Name);

    /// <summary>Null for what is no iterator of this server.</summary>
    public ShardIterator? OpenIterator(string token)
    {
        // Some shells leave the quotes of JSON around it, and Kinesis looks past them.
        var inner = token is ['"', .. var quoted, '"'] ? quoted : token;
        return Open(inner, Iterator) is [var stream, var shard, var after, var issued, var name]
            ? new(name, new(Number(stream)), (int)Number(shard), Number(after), new(Number(issued)))
            : null;
    }

    public string SealList(params ReadOnlySpan<string> parts) => Seal(List, parts);

    /// <summary>The parts of a token of a list; null for what is none.</summary>
    public string[]? OpenList(string token) => Open(token, List);

    /// <exception cref="JsonFault">ExpiredNextToken.</exception>
    public static void RequireFresh(long issued, Instant now)
    {
        if (new Instant(issued).Plus(Lifetime) < now)
        {
            throw new JsonFault(KinesisErrors.ExpiredToken, "The NextToken has expired. It is valid for 300 seconds.");
        }
    }

    public static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private string Seal(ReadOnlySpan<byte> kind, params ReadOnlySpan<string> parts) =>
        Convert.ToBase64String(_box.Seal(Encoding.UTF8.GetBytes(string.Join(Separator, parts)), kind));

    private string[]? Open(string token, ReadOnlySpan<byte> kind)
    {
        // The decoder looks past white space; a token is exactly what was given out.
        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var length)
            && Convert.ToBase64String(bytes.AsSpan(0, length)) == token
            && _box.Open(bytes.AsSpan(0, length), kind) is { } plain
                ? Encoding.UTF8.GetString(plain).Split(Separator)
                : null;
    }

    public void Dispose() => _box.Dispose();
}

/// <summary>A place in a shard.</summary>
/// <param name="Name">The stream's.</param>
/// <param name="Stream">Another one of the same name is not meant.</param>
/// <param name="Shard">Its number.</param>
/// <param name="After">The position behind which reading goes on.</param>
internal sealed record ShardIterator(string Name, StreamKey Stream, int Shard, long After, Instant Issued);
