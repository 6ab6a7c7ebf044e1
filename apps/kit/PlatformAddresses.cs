namespace Carillon.Kit;

/// <summary>Where the platform is.</summary>
/// <param name="Endpoint">Where this process reaches the platform.</param>
/// <param name="Plain">Where people reach it without TLS.</param>
/// <param name="Tls">Where people and sessions reach it with TLS; null when it has no such listener.</param>
public sealed record PlatformAddresses(Uri Endpoint, Uri Plain, Uri? Tls);
