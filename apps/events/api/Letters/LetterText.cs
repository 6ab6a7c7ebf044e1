namespace Carillon.Events.Letters;

/// <summary>The words of letters, in the languages of the fans' pages.</summary>
internal static class LetterText
{
    private const string fallback = "en";

    // {0} is the show's title, {1} the link. Each line is a paragraph: mail programs break lines as their window wants.
    private static readonly Dictionary<string, (string Subject, string Text)> words = new(StringComparer.Ordinal)
    {
        ["en"] = (
            "A new code for your ticket: {0}",
            """
            Somebody, most likely you, has lost the ticket code for “{0}” and asked for a new one.

            Open this link within 30 minutes and press the button on its page:

            {1}

            Until then the old code goes on working. Once you have made a new one, the old one ends.

            If it was not you, there is nothing to do: nothing changes without the link. Please do not pass it on.

            """),
        ["ar"] = (
            "رمز جديد لتذكرتك: {0}",
            """
            فقد أحدهم، وعلى الأرجح أنت، رمز تذكرة «{0}» وطلب رمزًا جديدًا.

            افتح هذا الرابط خلال 30 دقيقة واضغط الزر في صفحته:

            {1}

            يبقى الرمز القديم صالحًا حتى ذلك الحين، وينتهي حين تنشئ رمزًا جديدًا.

            إن لم تكن أنت من طلب ذلك فلا حاجة إلى فعل شيء: لا يتغير شيء من دون الرابط. من فضلك لا تعطه لأحد.

            """),
        ["ja"] = (
            "チケットの新しいコード：{0}",
            """
            「{0}」のチケットコードを失くしたとのことで、新しいコードの依頼がありました。

            30分以内に次のリンクを開き、そのページのボタンを押してください。

            {1}

            それまでは古いコードが使えます。新しいコードを作ると、古いコードは使えなくなります。

            心当たりがない場合は、何もする必要はありません。このリンクがなければ何も変わりません。リンクを他の人に渡さないでください。

            """),
    };

    /// <summary>A language that there are words for.</summary>
    public static string LanguageOf(string? wanted) => wanted is not null && words.ContainsKey(wanted) ? wanted : fallback;

    public static (string Subject, string Text) Of(string language, string title, string link)
    {
        var (subject, text) = words[LanguageOf(language)];
        var line = Post.Line(title);
        return (Fill(subject), Fill(text));

        // The title last: what it says is not looked through for places.
        string Fill(string form) => form.Replace("{1}", link, StringComparison.Ordinal).Replace("{0}", line, StringComparison.Ordinal);
    }
}
