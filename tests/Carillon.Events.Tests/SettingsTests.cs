using Xunit;

namespace Carillon.Events.Tests;

public sealed class SettingsTests : IDisposable
{
    private static readonly Dictionary<string, string?> nothing = [];

    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-events-settings-").FullName;

    [Theory]
    [InlineData("", false)]
    [InlineData("\n", false)]
    [InlineData("0123456789012345678901234567890", false)]
    [InlineData("01234567890123456789012345678901\n", true)]
    public void A_webhook_secret_that_is_empty_or_short_is_none_so_that_nobody_is_believed(string content, bool counts)
    {
        var file = Path.Combine(_folder, "webhook-secret");
        File.WriteAllText(file, content);

        var secret = EventsSettings.Read(["--WebhookSecretFile", file], nothing).Options.FlowSecret!();

        Assert.Equal(counts, secret is not null);
    }

    [Fact]
    public void A_webhook_secret_that_is_not_there_yet_is_none() => Assert.Null(
        EventsSettings.Read(["--WebhookSecretFile", Path.Combine(_folder, "absent")], nothing).Options.FlowSecret!());

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
