using System.Buffers.Text;
using System.Security.Cryptography;
using Carillon.Events.Core.Shows;

namespace Carillon.Events.Core.Tickets;

/// <summary>How often somebody may ask for a letter, within an hour. Our choice.</summary>
/// <param name="PerAddress">For one e-mail address, over all shows: whoever is written to is not to be flooded.</param>
/// <param name="PerNetwork">From one network address; a household, or a whole village behind a provider's.</param>
/// <param name="PerShow">For one show; beyond it a network address has a single one, so that nobody who asks from many keeps fans out.</param>
public sealed record LostCodeRates(int PerAddress = 3, int PerNetwork = 30, int PerShow = 2_000)
{
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);
}

/// <summary>A letter that is to go out now.</summary>
/// <param name="Id">The same however often it goes out.</param>
/// <param name="To">As the ticket has it, not as somebody typed it.</param>
/// <param name="Secret">Of its link; known at this moment only.</param>
public sealed record LetterToSend(Letter Letter, Show Show, string Id, EmailAddress To, string Secret);

/// <summary>
/// Whoever lost a code helps themselves: a letter to the address that the ticket was bought with brings a link, and the link makes a
/// new code. Nobody is told whether an address is known.
/// </summary>
public static class LostCodes
{
    /// <summary>How long a link is good, from when its letter goes out. Our choice.</summary>
    public static readonly TimeSpan LinkLife = TimeSpan.FromMinutes(30);

    /// <summary>How long a letter is tried. Our choice: who lost a code has found another way by then.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    /// <summary>How long a letter is somebody's who is about to send it. Our choice: longer than any sending takes.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>Letters that wait, over all shows, after which nobody may ask. Our choice.</summary>
    public const int MostWaiting = 10_000;

    /// <summary>Tickets of one address that a link shows. Our choice.</summary>
    public const int MostTickets = 50;

    /// <summary>Why a letter was given up, in characters.</summary>
    public const int MostWhy = 200;

    /// <summary>Takes the wish for a letter. Whether the address is known is not looked at here: it would show in the time.</summary>
    /// <param name="network">The network address that it came from, as limits know it.</param>
    /// <exception cref="Refused">Ended; TooMany with <c>retryAfter</c>; Unavailable: too many letters wait.</exception>
    public static void Ask(
        ILostCodeLedger ledger, Show show, EmailAddress address, string language, string network, LostCodeRates rates, CodeKey key)
    {
        var (addressHash, networkHash) = Hashes(address, network, key);
        MayAsk(ledger, show, addressHash, networkHash, rates);
        ledger.AddAsk(show.Key, addressHash, networkHash, ledger.Now - (long)LostCodeRates.Window.TotalMicroseconds);
        ledger.AddLetter(show.Key, address.Folded, language, RandomNumberGenerator.GetBytes(16));
    }

    /// <summary>The same refusals, before the writer is asked.</summary>
    public static void MayAsk(ILostCodeView view, Show show, EmailAddress address, string network, LostCodeRates rates, CodeKey key)
    {
        var (addressHash, networkHash) = Hashes(address, network, key);
        MayAsk(view, show, addressHash, networkHash, rates);
    }

    private static void MayAsk(ILostCodeView view, Show show, byte[] address, byte[] network, LostCodeRates rates)
    {
        if (show.PhaseAt(view.Now) == Phase.Ended) throw new Refused(Reason.Ended);
        var window = (long)LostCodeRates.Window.TotalMicroseconds;
        var since = view.Now - window;
        var perNetwork = view.AskOfShow(show.Key, since, rates.PerShow) is null ? rates.PerNetwork : 1;
        if ((view.AskOfAddress(address, since, rates.PerAddress) ?? view.AskOfNetwork(network, since, perNetwork)) is { } oldest)
            throw new Refused(Reason.TooMany, "retryAfter", (int)((oldest + window - view.Now) / 1_000_000) + 1);
        if (view.LettersWait(MostWaiting)) throw new Refused(Reason.Unavailable);
    }

    /// <summary>Takes the letter that is due first, for as long as <see cref="Lease"/>, and makes its link.</summary>
    /// <returns>Null where none is due; a letter of null where the one that was due is to go to nobody, and is gone.</returns>
    public static (Letter Letter, LetterToSend? ToSend)? Take<TLedger>(TLedger ledger, CodeKey key)
        where TLedger : ILostCodeLedger, IShowView
    {
        if (ledger.DueLetter() is not { } letter) return null;
        var now = ((ITicketView)ledger).Now;
        var show = ledger.ShowByKey(letter.Show);
        var to = show is null || show.PhaseAt(now) == Phase.Ended ? null
            : ledger.TicketsOfAddress(letter.Show, letter.Address, MostTickets).Select(t => EmailAddress.Parse(t.Email)).FirstOrDefault(a => a is not null);
        if (to is null)
        {
            ledger.DeleteLetter(letter.Key);
            return (letter, null);
        }

        ledger.PutLetterTaken(letter.Key, now + (long)Lease.TotalMicroseconds);
        var secret = Base64Url.EncodeToString(key.Derive("lost code link", letter.Nonce));
        ledger.PutLink(Ids.HashOf(secret), letter.Show, letter.Address, now + (long)LinkLife.TotalMicroseconds);
        var id = Convert.ToHexStringLower(key.Derive("letter id", letter.Nonce).AsSpan(0, 16));
        return (letter with { Tries = letter.Tries + 1 }, new LetterToSend(letter, show!, id, to, secret));
    }

    /// <summary>It was handed over.</summary>
    public static void Sent(ILostCodeLedger ledger, Letter letter)
    {
        ledger.DeleteLetter(letter.Key);
        ledger.CountSent(letter.Show);
    }

    /// <summary>It was not handed over: later, or never.</summary>
    /// <param name="pause">Null where it never will be.</param>
    /// <returns>Whether it is tried again.</returns>
    public static bool Failed(ILostCodeLedger ledger, Letter letter, string why, TimeSpan? pause)
    {
        if (pause is { } span && ledger.Now + (long)span.TotalMicroseconds < letter.Asked + (long)Patience.TotalMicroseconds)
        {
            ledger.PutLetterDue(letter.Key, ledger.Now + (long)span.TotalMicroseconds);
            return true;
        }

        ledger.DeleteLetter(letter.Key);
        ledger.CountFailed(letter.Show, why.Length > MostWhy ? why[..MostWhy] : why);
        return false;
    }

    /// <summary>The tickets that a link is for. Looking changes nothing, so that a mail scanner which opens links spends none.</summary>
    /// <param name="page">A secret of the page that asks.</param>
    /// <exception cref="Refused">LinkInvalid, LinkUsed, LinkExpired.</exception>
    public static IReadOnlyList<Ticket> Open(ILostCodeView view, Show show, string secret, string page)
    {
        if (view.LostLink(Ids.HashOf(secret)) is not { } link || link.Show != show.Key) throw new Refused(Reason.LinkInvalid);
        if (link.Page is { } spent && !CryptographicOperations.FixedTimeEquals(spent, Ids.HashOf(page))) throw new Refused(Reason.LinkUsed);
        if (link.Expires <= view.Now) throw new Refused(Reason.LinkExpired);
        return view.TicketsOfAddress(show.Key, link.Address, MostTickets);
    }

    /// <summary>A new code for one of the link's tickets. From then on the link is this page's alone.</summary>
    /// <remarks>The page may do it again: an answer that a bad line lost is asked for once more, and an address may have several tickets.</remarks>
    /// <exception cref="Refused">As <see cref="Open"/>; Ended; NotFound: it is none of the link's; Revoked, Banned.</exception>
    public static string Reissue(ILostCodeLedger ledger, Show show, string secret, string page, long number, CodeKey key)
    {
        var ticket = Open(ledger, show, secret, page).FirstOrDefault(t => t.Number == number) ?? throw new Refused(Reason.NotFound);
        if (show.PhaseAt(ledger.Now) == Phase.Ended) throw new Refused(Reason.Ended);
        Door.MayComeIn(ticket, ledger.Now);
        ledger.PutLinkPage(Ids.HashOf(secret), Ids.HashOf(page));
        return Issuing.Reissue(ledger, show, number, key);
    }

    private static (byte[] Address, byte[] Network) Hashes(EmailAddress address, string network, CodeKey key) => (
        key.Derive("asked for", System.Text.Encoding.ASCII.GetBytes(address.Folded)),
        key.Derive("asked from", System.Text.Encoding.ASCII.GetBytes(network)));
}
