using System.Text.Json;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Letters;
using Carillon.Events.Tests.Desk;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Events.Tests.Letters;

/// <summary>What becomes of letters whatever the mail server, or whoever kills the process, does. A host each.</summary>
public class LetterTests : IAsyncLifetime
{
    private readonly LetterHost host = new();

    public ValueTask InitializeAsync() => host.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return host.DisposeAsync();
    }

    [Fact]
    public async Task What_a_mail_server_refuses_for_good_is_counted_and_shown_to_the_organiser()
    {
        var show = await LetterHost.LongShow(host);
        await host.Sell(show, "gone@example.org");
        host.Mail.Manner = Manner.Refuse;
        await Ask(show, "gone@example.org");

        var letters = await Letters(show, l => l.GetProperty("failed").GetInt64() == 1);

        Assert.Contains("550", letters.GetProperty("why").GetString(), StringComparison.Ordinal);
        // The server's own words hold the address.
        Assert.DoesNotContain("gone@", letters.GetRawText(), StringComparison.Ordinal);
        Assert.Equal((0, 0), (letters.GetProperty("sent").GetInt64(), letters.GetProperty("waiting").GetInt64()));
        host.Clock.Pass(TimeSpan.FromHours(1));
        Assert.Equal(1, host.Mail.Connections);
    }

    [Fact]
    public async Task What_a_mail_server_cannot_take_now_is_tried_again_less_and_less_often_until_it_can()
    {
        var show = await LetterHost.LongShow(host);
        await host.Sell(show, "soon@example.org");
        host.Mail.Manner = Manner.Busy;
        await Ask(show, "soon@example.org");
        await Letters(show, l => l.GetProperty("waiting").GetInt64() == 1);
        await PassUntil(() => host.Mail.Connections >= 3);

        host.Mail.Manner = Manner.Take;
        await PassUntil(() => !host.Mail.Letters.IsEmpty);

        var letters = await Letters(show, l => l.GetProperty("sent").GetInt64() == 1);
        Assert.Equal((0, 0), (letters.GetProperty("failed").GetInt64(), letters.GetProperty("waiting").GetInt64()));
        Assert.Single(host.Mail.Letters);
    }

    [Fact]
    public async Task A_letter_that_nobody_takes_for_a_day_is_given_up()
    {
        var show = await LetterHost.LongShow(host);
        await host.Sell(show, "never@example.org");
        host.Mail.Manner = Manner.Busy;
        await Ask(show, "never@example.org");
        await Letters(show, l => l.GetProperty("waiting").GetInt64() == 1);

        await PassUntil(() => !host.Events.Store.Read(view => view.LettersWait(1)), TimeSpan.FromMinutes(30), 30);

        Assert.Equal(1, (await Letters(show, _ => true)).GetProperty("failed").GetInt64());
        Assert.InRange(host.Mail.Connections, 10, 70);
    }

    [Theory]
    [InlineData(nameof(Manner.Hang))]
    [InlineData(nameof(Manner.HangAtTheEnd))]
    public async Task A_mail_server_that_says_nothing_holds_nobody_up(string manner)
    {
        var show = await LetterHost.LongShow(host);
        await host.Sell(show, "patient@example.org");
        host.Mail.Manner = Enum.Parse<Manner>(manner);
        await Ask(show, "patient@example.org");
        await DeskHost.Eventually(() => Task.FromResult(host.Mail.Connections == 1), "it was asked");

        // Half a minute, and it is left alone; the next try finds it well again.
        Assert.Equal(1, host.Events.Store.Read(view => view.LettersOf(show.Key)).Waiting);
        host.Mail.Manner = Manner.Take;
        await PassUntil(() => !host.Mail.Letters.IsEmpty);

        await Letters(show, l => l.GetProperty("sent").GetInt64() == 1);
    }

    [Fact]
    public async Task A_server_without_TLS_gets_nothing_where_TLS_is_required()
    {
        host.Change = mail => mail with { Tls = true };
        await host.RestartAppAsync();
        var show = await LetterHost.LongShow(host);
        await host.Sell(show, "private@example.org");
        await Ask(show, "private@example.org");

        await Letters(show, l => l.GetProperty("waiting").GetInt64() == 1);

        await DeskHost.Eventually(() => Task.FromResult(host.Mail.Connections > 0), "it was asked");
        await PassUntil(() => host.Mail.Connections > 1);
        Assert.Empty(host.Mail.Letters);
    }

    [Fact]
    public async Task A_kill_before_and_after_the_letter_went_out_loses_none_and_sends_no_other()
    {
        var show = await LetterHost.LongShow(host);
        await host.Sell(show, "killed@example.org");
        host.Mail.Manner = Manner.Hang;
        await Ask(show, "killed@example.org");
        await DeskHost.Eventually(() => Task.FromResult(host.Mail.Connections == 1), "it is on its way");
        var before = host.Snapshot();

        // Killed while it was handed over: whether the server took it nobody knows.
        host.Mail.Manner = Manner.TakeAndGo;
        await host.ResumeFromAsync(before);
        await PassUntil(() => host.Mail.Letters.Count == 1);
        var after = host.Snapshot();
        host.Mail.Manner = Manner.Take;
        await host.ResumeFromAsync(after);
        await PassUntil(() => host.Mail.Letters.Count == 2);

        // Once more is what not losing it costs. It is the same letter with the same link, and there it ends.
        var letters = host.Mail.Letters.ToArray();
        Assert.Equal((letters[0].Link, letters[0].Id), (letters[1].Link, letters[1].Id));
        await Letters(show, l => l.GetProperty("sent").GetInt64() == 1);
        await host.RestartAppAsync();
        host.Clock.Pass(TimeSpan.FromHours(1));
        await Task.Yield();
        Assert.Equal(2, host.Mail.Letters.Count);
    }

    [Fact]
    public async Task Letters_are_laid_into_a_folder_where_that_is_wished()
    {
        var folder = Path.Combine(host.EventsFolder, "letters");
        host.Change = mail => mail with { Host = null, Folder = folder };
        await host.RestartAppAsync();
        var show = await LetterHost.LongShow(host);
        await host.Sell(show, "folder@example.org");
        await Ask(show, "folder@example.org");

        await Letters(show, l => l.GetProperty("sent").GetInt64() == 1);

        var letter = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(folder, "*.eml")), TestContext.Current.CancellationToken);
        Assert.Contains("folder@example.org", letter, StringComparison.Ordinal);
        Assert.Contains("#lost=3D", letter.Replace("=\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_title_cannot_begin_another_header()
    {
        var show = await TestShow.Make(host, d => d with { Title = "Bells\r\nBcc: eve@example.org\n\u2028Größe 🔔" });
        await host.Sell(show, "head@example.org");
        await Ask(show, "head@example.org");

        var letter = Assert.Single(await host.Mail.Have(1));

        Assert.DoesNotContain("\nBcc:", letter.Data, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("RCPT TO:<head@example.org>", letter.To);
        Assert.Contains("“Bells  Bcc: eve@example.org  Größe 🔔”", letter.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_taken_for_an_address_stays_one_word_of_ASCII() =>
        Prop.ForAll(
            Gen.Elements('a', 'Z', '0', '@', '.', '-', '"', ' ', '\r', '\n', '\0', '<', '>', ',', ';', ':', 'é', '＠', '\u212A', '\u202e', '_', '+')
                .ArrayOf().ToArbitrary(),
            letters =>
            {
                var parsed = EmailAddress.Parse(new string(letters));
                return parsed is null
                    || (parsed.Value.All(c => c is > ' ' and < '\x7f' && !"\"<>,;:\\()[]".Contains(c, StringComparison.Ordinal))
                        && parsed.Value.Count(c => c == '@') == 1 && new System.Net.Mail.MailAddress(parsed.Value).Address == parsed.Value);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("a@b.co")]
    [InlineData("ada.lind+tickets@mail.example.org")]
    [InlineData("o'brien@example.org")]
    [InlineData("a@xn--bcher-kva.example")]
    public void What_people_have_is_an_address(string text) => Assert.Equal(text, EmailAddress.Parse($" {text} ")!.Value);

    [Theory]
    [InlineData("MailHost=m.example", "MailFrom")]
    [InlineData("MailHost=m.example MailFrom=a@b.example", "MailLinks")]
    [InlineData("MailFrom=a@b.example", "MailFrom")]
    [InlineData("MailHost=m.example MailFolder=x MailFrom=a@b.example", "MailFolder")]
    [InlineData("MailHost=m.example MailFrom=a@b.example MailUser=u", "MailPasswordFile")]
    [InlineData("MailHost=m.example MailFrom=a@b.example MailLinks=ftp://b.example", "MailLinks")]
    [InlineData("MailHost=m.example MailFrom=a@b.example MailLinks=https://b.example MailPort=0", "MailPort")]
    [InlineData("MailHost=m.example MailFrom=a@b.example MailLinks=https://b.example MailTls=maybe", "MailTls")]
    public void A_setting_that_cannot_work_is_named(string settings, string named)
    {
        var given = settings.Split(' ').Select(s => s.Split('=', 2)).ToDictionary(s => s[0], s => s[1]);

        var wrong = Assert.Throws<FormatException>(() => MailOptions.Read(given.GetValueOrDefault, null));

        Assert.Contains(named, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_settings_there_is_no_mail() => Assert.Null(MailOptions.Read(_ => null, null));

    private async Task Ask(TestShow show, string email)
    {
        using var browser = host.NewBrowser();
        Assert.Equal(202, (await LetterHost.Ask(browser, show, email)).Status);
    }

    /// <summary>What the organiser sees of letters, once it is so.</summary>
    private async Task<JsonElement> Letters(TestShow show, Func<JsonElement, bool> isSo)
    {
        using var organiser = await host.NewOrganiser();
        var seen = default(JsonElement);
        await DeskHost.Eventually(
            async () => isSo(seen = (await organiser.Get($"/organise/shows/{show.Id}/tickets"))["letters"]), "the organiser sees it");
        return seen;
    }

    /// <summary>Lets time pass, a little at a time, until it is so; what is begun meanwhile has time to end.</summary>
    private Task PassUntil(Func<bool> isSo, TimeSpan? step = null, int settleMilliseconds = 300) => DeskHost.Eventually(
        async () =>
        {
            if (isSo()) return true;
            host.Clock.Pass(step ?? TimeSpan.FromSeconds(10));
            for (var waited = 0; waited < settleMilliseconds && !isSo(); waited += 10)
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            return isSo();
        },
        "in time it is so");
}
