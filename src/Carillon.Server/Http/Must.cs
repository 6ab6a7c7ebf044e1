namespace Carillon.Server.Http;

/// <summary>
/// Collects what breaks the rules that an operation checks by itself, beyond the limits of the service model. Values are
/// left out of the sentences: the model calls most of them sensitive.
/// </summary>
internal sealed class Must
{
    private List<string>? _broken;

    /// <summary>Null while every rule holds.</summary>
    public string? Broken => _broken switch
    {
        null => null,
        [var one] => $"1 validation error detected: {one}",
        var more => $"{more.Count} validation errors detected: {string.Join("; ", more)}",
    };

    /// <summary>A rule of the service that the model does not spell.</summary>
    public Must Hold(bool condition, string sentence)
    {
        if (!condition)
        {
            (_broken ??= []).Add(sentence);
        }

        return this;
    }
}
