using System.Globalization;
using System.Text;

namespace Carillon.Server.Http.QueryProtocol;

/// <summary>Writes the XML of an answer, element by element.</summary>
internal sealed class XmlAnswer
{
    private readonly StringBuilder _text = new();

    /// <summary>An element with text; nothing where the text is null.</summary>
    public XmlAnswer Text(string name, string? text)
    {
        if (text is not null)
        {
            _text.Append('<').Append(name).Append('>');
            Escape(text);
            _text.Append("</").Append(name).Append('>');
        }

        return this;
    }

    public XmlAnswer Number(string name, long number) => Text(name, number.ToString(CultureInfo.InvariantCulture));

    public XmlAnswer Truth(string name, bool truth) => Text(name, truth ? "true" : "false");

    /// <summary>ISO 8601 in whole seconds, UTC.</summary>
    public XmlAnswer Time(string name, DateTimeOffset time) =>
        Text(name, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    public XmlAnswer Group(string name, Action<XmlAnswer> inside, string? xmlns = null)
    {
        _text.Append('<').Append(name);
        if (xmlns is not null)
        {
            _text.Append(" xmlns=\"").Append(xmlns).Append('"');
        }

        _text.Append('>');
        inside(this);
        _text.Append("</").Append(name).Append('>');
        return this;
    }

    public XmlAnswer List<T>(string name, IEnumerable<T> items, Action<XmlAnswer, T> member) => Group(name, list =>
    {
        foreach (var item in items)
        {
            list.Group("member", one => member(one, item));
        }
    });

    /// <summary>A list whose members are plain text.</summary>
    public XmlAnswer List(string name, IEnumerable<string> items) => Group(name, list =>
    {
        foreach (var item in items)
        {
            list.Text("member", item);
        }
    });

    public override string ToString() => _text.ToString();

    /// <remarks>What XML 1.0 cannot hold at all becomes U+FFFD: an answer that does not parse helps nobody.</remarks>
    private void Escape(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            switch (letter)
            {
                case '&':
                    _text.Append("&amp;");
                    break;
                case '<':
                    _text.Append("&lt;");
                    break;
                case '>':
                    _text.Append("&gt;");
                    break;
                case '"':
                    _text.Append("&quot;");
                    break;
                case '\r':
                    _text.Append("&#xD;"); // a bare one would be read as a line feed
                    break;
                case '\t' or '\n' or (>= ' ' and < '\uD800') or (>= '\uE000' and <= '\uFFFD'):
                    _text.Append(letter);
                    break;
                case var _ when i + 1 < text.Length && char.IsSurrogatePair(letter, text[i + 1]):
                    _text.Append(letter).Append(text[++i]);
                    break;
                default:
                    _text.Append('\uFFFD');
                    break;
            }
        }
    }
}
