namespace Carillon.Server.Hosting;

/// <summary>What the server says to whoever started it. The root key is never part of it.</summary>
internal static class Banner
{
    /// <param name="signIn">The operator's link, good for one use; null where no pages are served.</param>
    public static void Print(Platform platform, TextWriter to, string? signIn)
    {
        var http = $"http://localhost:{platform.Port}";
        to.WriteLine($"""
            Carillon is running.
              HTTP         {http}
              HTTPS        https://localhost:{platform.TlsPort}   (trust {platform.Folder.CaPem})
              credentials  {platform.Folder.Credentials}

            Paste this to point any AWS client here:
              export AWS_ENDPOINT_URL={http} NODE_EXTRA_CA_CERTS={platform.Folder.CaPem}
              export AWS_SHARED_CREDENTIALS_FILE={platform.Folder.Credentials} AWS_PROFILE=carillon AWS_REGION={platform.Options.Region}
            """);
        if (signIn is not null)
        {
            to.WriteLine();
            to.WriteLine("Sign in as the operator, once, within an hour:");
            to.WriteLine($"  {signIn}");
        }

        to.Flush();
    }

    /// <summary>A sentence for a failure that whoever starts the server can mend; null for a fault of ours.</summary>
    public static string? WhyNotStarted(Exception failure) => failure switch
    {
        SettingException e => e.Message,
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } e =>
            $"{e.Message} Choose other ports with --port and --tls-port.",
        Backends.Sqlite.StoreUnusableException e => e.Message,
        _ => null,
    };
}
