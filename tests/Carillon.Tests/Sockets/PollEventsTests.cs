using System.Runtime.InteropServices;
using Carillon.Sockets.Epoll;
using Xunit;

namespace Carillon.Tests.Sockets;

public unsafe class PollEventsTests
{
    private const ulong Data = 0xfedc_ba98_7654_3210;

    [Theory]
    [InlineData(true, 12, 4)]
    [InlineData(false, 16, 8)]
    public void A_record_lies_where_the_kernel_of_each_machine_writes_it(bool isPacked, int stride, int dataOffset)
    {
        const int Count = 5;
        var memory = (byte*)NativeMemory.AllocZeroed(Count, 16);
        try
        {
            var events = new PollEvents(memory, Count, isPacked);
            for (var i = 0; i < Count; i++)
            {
                events.Set(i, PollFlags.Readable | PollFlags.Edge, Data + (ulong)i);
            }

            Assert.Equal(stride, events.Stride);
            Assert.Equal(Count, events.Capacity);
            for (var i = 0; i < Count; i++)
            {
                var record = new ReadOnlySpan<byte>(memory + (i * stride), stride);
                Assert.Equal(0x8000_0001u, MemoryMarshal.Read<uint>(record));
                Assert.Equal(Data + (ulong)i, MemoryMarshal.Read<ulong>(record[dataOffset..]));
                Assert.Equal(PollFlags.Readable | PollFlags.Edge, events.EventsAt(i));
                Assert.Equal(Data + (ulong)i, events.DataAt(i));
            }
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    [Fact]
    public void Records_are_packed_on_x86_64_alone() =>
        Assert.Equal(RuntimeInformation.ProcessArchitecture == Architecture.X64, PollEvents.IsPackedHere);
}
