namespace Carillon.Wire.WebSockets;

/// <summary>Close codes that the protocol itself gives a meaning (RFC 6455, 7.4).</summary>
public static class CloseStatus
{
    public const int Normal = 1000;
    public const int GoingAway = 1001;
    public const int ProtocolError = 1002;

    /// <summary>Never on the wire: the close frame named no code.</summary>
    public const int None = 1005;

    /// <summary>Never on the wire: the connection ended without a close frame.</summary>
    public const int Abnormal = 1006;

    /// <summary>A text that is not UTF-8.</summary>
    public const int InvalidPayload = 1007;
    public const int PolicyViolation = 1008;
    public const int MessageTooBig = 1009;
    public const int InternalError = 1011;

    /// <summary>Whether a peer may send it: the registered ones, and those of libraries and applications.</summary>
    public static bool MayBeSent(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
