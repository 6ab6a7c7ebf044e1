using System.Text;
using Carillon.Events.Core;
using Carillon.Events.Core.Tickets;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Events.Tests;

public class TicketFileTests
{
    [Fact]
    public void Separators_quotes_and_line_ends_of_any_kind_are_read()
    {
        foreach (var text in new[]
        {
            "holder,email,tier,reference\r\n\"Lind, Ada\",ada@example.org,vip,A1\r\n",
            "reference;holder;tier;email\nA1;Lind, Ada;vip;ada@example.org",
            "Reference\tTier\tHolder\tEmail\rA1\tvip\t\"Lind, Ada\"\tada@example.org\r\r",
        })
        {
            var file = Read(text);

            Assert.Empty(file.Refused);
            Assert.Equal(new NewTicket("vip", "Lind, Ada", "ada@example.org", "A1"), Assert.Single(file.Lines).Ticket);
        }
    }

    [Theory]
    [InlineData("=HYPERLINK(1)", "formula")]
    [InlineData("@SUM(1)", "formula")]
    [InlineData("＋1", "formula")]
    [InlineData("Ada\u202eniL", "letters")]
    [InlineData("\"two\nlines\"", "letters")]
    public void What_a_spreadsheet_would_run_or_a_page_would_turn_around_is_refused(string holder, string why) =>
        Assert.Equal(why, Assert.Single(Read($"holder,reference\n{holder},A1\n").Refused).Why);

    [Fact]
    public void Each_line_that_is_refused_says_why_and_the_others_stand()
    {
        var file = Read("holder,reference,code\nAda,A1,\nBen,,\nCid,A1,\nDee,A4,0000\nEve,A5,0000-0000-00000\n\"Fay,A6,\nGil,A7,\n");

        Assert.Equal([(3, "reference"), (4, "twice"), (5, "code"), (7, "quotes")], file.Refused.Select(r => (r.Line, r.Why)));
        Assert.Equal(["A1", "A5", "A7"], file.Lines.Select(l => l.Ticket.Reference));
        Assert.Equal("0000000000000", file.Lines[1].Code);
    }

    [Fact]
    public void Names_come_through_whatever_the_spreadsheet_wrote_them_in()
    {
        const string text = "holder,reference\nÉdouard – Łukasz,A1\n";
        foreach (var encoding in new Encoding[] { new UTF8Encoding(true), new UTF8Encoding(false), Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            var file = TicketFile.Read([.. encoding.GetPreamble(), .. encoding.GetBytes(text)], "standard");
            Assert.Equal("Édouard – Łukasz", file.Lines[0].Ticket.Holder);
        }

        byte[] windows = [.. "holder,reference\n"u8, 0xC9, .. "douard "u8, 0x96, .. " 5"u8, 0x80, .. ",A1\n"u8];
        Assert.Equal("Édouard – 5€", TicketFile.Read(windows, "standard").Lines[0].Ticket.Holder);
    }

    [Fact]
    public void Without_a_header_it_is_refused() => Assert.Throws<Refused>(() => Read("Ada,A1\n"));

    [Fact]
    public void No_bytes_make_it_fail() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
    {
        var file = TicketFile.Read([.. "holder,reference\n"u8, .. bytes], "standard");
        return file.Lines.All(l => l.Ticket.Reference is { Length: > 0 });
    }).QuickCheckThrowOnFailure();

    private static TicketFile Read(string text) => TicketFile.Read(Encoding.UTF8.GetBytes(text), "standard");
}
