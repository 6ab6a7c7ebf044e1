using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Carillon.Sockets.Epoll;

/// <summary>
/// Room for what epoll reports. Its record is 12 bytes with the data at 4 on x86-64, where it is packed, and 16 bytes with
/// the data at 8 elsewhere; so it is read by stride and offset.
/// </summary>
internal readonly unsafe struct PollEvents(byte* memory, int capacity, bool isPacked)
{
    public static bool IsPackedHere => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public byte* Memory => memory;

    public int Capacity => capacity;

    public int Stride => isPacked ? 12 : 16;

    private int DataOffset => isPacked ? 4 : 8;

    public PollFlags EventsAt(int index) => (PollFlags)Unsafe.ReadUnaligned<uint>(memory + (index * Stride));

    public ulong DataAt(int index) => Unsafe.ReadUnaligned<ulong>(memory + (index * Stride) + DataOffset);

    public void Set(int index, PollFlags events, ulong data)
    {
        Unsafe.WriteUnaligned(memory + (index * Stride), (uint)events);
        Unsafe.WriteUnaligned(memory + (index * Stride) + DataOffset, data);
    }
}
