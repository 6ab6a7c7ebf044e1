using System.Buffers;
using System.IO.Pipelines;
using Carillon.Server.Http;

namespace Carillon.Server.Bulk;

/// <summary>One line, without its end. <c>Bytes</c> is null for one that is too long.</summary>
internal readonly record struct BulkLine(long Number, byte[]? Bytes);

/// <summary>Cuts a stream into slices of lines, so that no more than a slice of it is in memory.</summary>
internal sealed class BulkLines(Stream stream) : IAsyncDisposable
{
    /// <summary>Bytes; what an ordinary request may have as a body.</summary>
    public const int LongestLine = RequestBody.Most;

    /// <summary>Items of a slice: a commit takes 512, and requests of others must find room beside two slices. Ours.</summary>
    public const int MostItems = 128;

    /// <summary>Bytes after which a slice is full, whatever it holds. Ours.</summary>
    private const int MostBytes = 512 * 1024;

    private readonly PipeReader _pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
    private long _number;
    private bool _skipping;

    /// <summary>The next lines that are not blank; none at the end.</summary>
    public async Task<List<BulkLine>> NextSlice(CancellationToken cancel)
    {
        var slice = new List<BulkLine>(MostItems);
        var bytes = 0;
        while (slice.Count < MostItems && bytes < MostBytes)
        {
            var read = await _pipe.ReadAsync(cancel);
            var rest = read.Buffer;
            while (slice.Count < MostItems && bytes < MostBytes && rest.PositionOf((byte)'\n') is { } end)
            {
                bytes += Take(rest.Slice(0, end), slice);
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            var full = slice.Count == MostItems || bytes >= MostBytes;
            if (!full && rest.Length > LongestLine)
            {
                // The end of this line is not in sight: what has come of it is let go, and its number is told.
                _skipping = true;
                rest = rest.Slice(rest.End);
            }

            if (!full && read.IsCompleted)
            {
                if (!rest.IsEmpty || _skipping)
                {
                    Take(rest, slice);
                }

                _pipe.AdvanceTo(read.Buffer.End);
                return slice;
            }

            _pipe.AdvanceTo(rest.Start, full ? rest.Start : read.Buffer.End);
        }

        return slice;
    }

    private int Take(ReadOnlySequence<byte> line, List<BulkLine> slice)
    {
        _number++;
        if (_skipping || line.Length > LongestLine)
        {
            _skipping = false;
            slice.Add(new(_number, null));
            return 0;
        }

        var bytes = line.ToArray();
        if (bytes.AsSpan().IndexOfAnyExcept(" \t\r"u8) >= 0)
        {
            slice.Add(new(_number, bytes));
        }

        return bytes.Length;
    }

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();
}
