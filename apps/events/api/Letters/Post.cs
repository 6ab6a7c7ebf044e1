using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Security.Authentication;
using System.Text;
using Carillon.Events.Core.Tickets;

namespace Carillon.Events.Letters;

/// <summary>Text to one person.</summary>
/// <param name="Id">Of this letter, the same each time it goes out: whoever gets it twice may notice.</param>
/// <param name="Language">Such as <c>en</c>.</param>
internal sealed record Mail(string Id, EmailAddress To, string Language, string Subject, string Text);

/// <summary>A letter was not handed over.</summary>
/// <param name="why">For the organiser: never with an address.</param>
/// <param name="isFinal">The same letter would be refused again.</param>
internal sealed class PostException(string why, bool isFinal, Exception inner) : Exception(why, inner)
{
    public bool IsFinal { get; } = isFinal;
}

/// <summary>Hands letters to a mail server, or lays them into a folder.</summary>
/// <remarks>
/// By .NET's own client: it speaks what a server that mail is handed in at asks for (EHLO, STARTTLS, AUTH, one recipient, plain text),
/// and a library of mail for that would be a dependency more. What it lacks is TLS from the first byte (port 465); docs say so.
/// </remarks>
internal sealed class Post(MailOptions options, TimeProvider time)
{
    /// <exception cref="PostException">It was not handed over.</exception>
    /// <exception cref="OperationCanceledException">By <paramref name="cancel"/>.</exception>
    public async Task SendAsync(Mail mail, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(options.Timeout, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            using var client = Client();
            using var message = Message(mail);
            // Whatever the client waits for, this does not wait longer; what is disposed of lets its connection go.
            await client.SendMailAsync(message, ended.Token).WaitAsync(ended.Token);
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new PostException(
                string.Create(CultureInfo.InvariantCulture, $"The mail server did not finish within {options.Timeout.TotalSeconds} seconds."), false, late);
        }
        catch (SmtpException refused) when (!cancel.IsCancellationRequested)
        {
            throw new PostException(WordsFor(refused), IsFinal(refused), refused);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or AuthenticationException or InvalidOperationException
            && !cancel.IsCancellationRequested)
        {
            throw new PostException(
                fault is AuthenticationException ? "The mail server does not prove who it is." : "What the mail settings name cannot be used.", false, fault);
        }
    }

    private SmtpClient Client()
    {
        if (options.Folder is { } folder)
        {
            Directory.CreateDirectory(folder);
            return new SmtpClient { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = folder };
        }

        return new SmtpClient(options.Host, options.Port)
        {
            EnableSsl = options.Tls,
            UseDefaultCredentials = false,
            Credentials = options.User is { } user ? new NetworkCredential(user, options.Password?.Invoke()) : null,
        };
    }

    private MailMessage Message(Mail mail)
    {
        var message = new MailMessage(options.From.Value, mail.To.Value)
        {
            Subject = Line(mail.Subject),
            SubjectEncoding = Encoding.UTF8,
            Body = mail.Text,
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.QuotedPrintable,
        };
        message.Headers.Add("Message-ID", $"<{mail.Id}@{options.From.Value[(options.From.Value.IndexOf('@', StringComparison.Ordinal) + 1)..]}>");
        message.Headers.Add("Content-Language", mail.Language);
        // Nobody's holiday answers a machine (RFC 3834).
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    /// <summary>Text that stays on its line: a title may not begin another header.</summary>
    internal static string Line(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029) line.Append(' ');
            else line.Append(rune.ToString());
        }

        return line.ToString().Trim();
    }

    /// <summary>What a server says of one person or one letter is so tomorrow; what it says of us may be mended.</summary>
    private static bool IsFinal(SmtpException refused) => (int)refused.StatusCode >= 500
        && (refused is SmtpFailedRecipientException || refused.StatusCode is SmtpStatusCode.TransactionFailed or SmtpStatusCode.ExceededStorageAllocation);

    /// <summary>The status and what it means; the server's own words may hold the address.</summary>
    private static string WordsFor(SmtpException refused) => refused.StatusCode == SmtpStatusCode.GeneralFailure
        ? "The mail server cannot be reached, or does not speak as it should."
        : string.Create(CultureInfo.InvariantCulture, $"The mail server said {(int)refused.StatusCode} ({refused.StatusCode}).");
}
