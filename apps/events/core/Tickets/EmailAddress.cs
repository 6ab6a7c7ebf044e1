using System.Text.RegularExpressions;

namespace Carillon.Events.Core.Tickets;

/// <summary>An e-mail address that can stand in a letter's head as it is: nothing in it can end a line or begin another address.</summary>
/// <param name="Value">As it was written, without white space around it.</param>
public sealed partial record EmailAddress(string Value)
{
    /// <summary>In characters (RFC 5321, 4.5.3.1: a path of 256 with its brackets).</summary>
    public const int Most = 254;

    /// <summary>What it is compared by. Mail systems may tell <c>Ada@</c> from <c>ada@</c>, and none in use does.</summary>
    public string Folded => Value.ToLowerInvariant();

    /// <summary>
    /// A dot-atom of ASCII, <c>@</c> and the name of a host (RFC 5321, 4.1.2), without what nobody has: quotes, comments, addresses in
    /// brackets, and the letters of RFC 6531.
    /// </summary>
    /// <returns>Null where it is none.</returns>
    public static EmailAddress? Parse(string? text)
    {
        if (text?.Trim() is not { Length: > 0 and <= Most } value || !Form().IsMatch(value)) return null;
        var local = value.IndexOf('@', StringComparison.Ordinal);
        return local <= 64 ? new EmailAddress(value) : null;
    }

    // Without "in any case": the sign for Kelvin is a k there.
    [GeneratedRegex(
        @"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        + @"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
