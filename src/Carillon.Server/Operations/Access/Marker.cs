using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

/// <summary>Paging as IAM does it: <c>Marker</c>, <c>MaxItems</c>, <c>IsTruncated</c>.</summary>
internal static class Marker
{
    public const int DefaultItems = 100, MostItems = 1000;

    public static int Items(Checks must) => must.Number("MaxItems", 1, MostItems, DefaultItems);

    /// <summary>The position after which the page begins; null at the beginning.</summary>
    public static long? Read(QueryForm form)
    {
        if (form.Find("Marker") is not { } marker)
        {
            return null;
        }

        return Base64Url.IsValid(marker)
            && long.TryParse(Encoding.ASCII.GetString(Base64Url.DecodeFromChars(marker)), NumberStyles.None,
                CultureInfo.InvariantCulture, out var position)
            ? position
            : throw QueryFault.Invalid("Invalid Marker");
    }

    public static void Write(XmlAnswer xml, long? next)
    {
        xml.Truth("IsTruncated", next is not null);
        if (next is { } position)
        {
            xml.Text("Marker", Base64Url.EncodeToString(Encoding.ASCII.GetBytes(position.ToString(CultureInfo.InvariantCulture))));
        }
    }

    /// <summary>Pages through a list that is short enough to be read whole; the position is a count.</summary>
    public static void WritePage<T>(
        XmlAnswer xml, IReadOnlyList<T> all, int size, long? after, Action<XmlAnswer, IEnumerable<T>> page)
    {
        var start = (int)Math.Min(after ?? 0, all.Count);
        page(xml, all.Skip(start).Take(size));
        Write(xml, all.Count - start > size ? start + size : null);
    }
}
