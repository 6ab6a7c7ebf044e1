using System.Text;

namespace Carillon.Tests.Server.Gateway;

/// <summary>JSON that somebody has been at.</summary>
internal static class BadBodies
{
    /// <summary>One to five edits of a text: something taken out, put in, said again or replaced by punctuation of JSON's.</summary>
    public static string Mutated(string good, Random random)
    {
        var text = new StringBuilder(good);
        for (var edits = random.Next(1, 6); edits > 0; edits--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, Math.Min(text.Length - at, random.Next(1, 20)));
                    text.Append(' ');
                    break;
                case 1:
                    text.Insert(at, (char)random.Next(1, 0xd000));
                    break;
                case 2:
                    text.Insert(at, text.ToString(at, Math.Min(text.Length - at, random.Next(30))));
                    break;
                default:
                    text[at] = "{}[]\",:\\u0e-"[random.Next(12)];
                    break;
            }
        }

        return text.ToString();
    }
}
