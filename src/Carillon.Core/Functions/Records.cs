namespace Carillon.Core.Functions;

/// <summary>What a function is beside its code, as Lambda names it.</summary>
/// <param name="Role">ARN of the role whose credentials it gets.</param>
/// <param name="Timeout">Seconds.</param>
/// <param name="MemorySize">Megabytes.</param>
public sealed record FunctionSettings(
    string Runtime, string Handler, string Role, string Description, int Timeout, int MemorySize);

/// <param name="Sha256">Base64 of the SHA-256 of the zip, which is kept beside the store.</param>
/// <param name="Size">Bytes of the zip.</param>
public sealed record FunctionCode(string Sha256, long Size);

/// <summary>A function of this account.</summary>
/// <param name="Variables">Sealed; null for none.</param>
/// <param name="Revision">Changes with every change of the function, its policy included.</param>
/// <param name="Policy">A JSON array of statements; null for none.</param>
public sealed record Function(
    long Key, string Name, FunctionSettings Settings, byte[]? Variables, FunctionCode Code, string Revision, string? Policy,
    Instant Created, Instant Modified);

/// <summary>An asynchronous invocation that has not ended.</summary>
/// <param name="Key">0 before it is stored.</param>
/// <param name="Attempts">Those that have failed.</param>
public sealed record FunctionEvent(long Key, string Name, string RequestId, byte[] Payload, int Attempts, Instant Asked);
