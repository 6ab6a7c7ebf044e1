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

    /// <summary>Elastic channels are not there yet, so no channel has sub-channels.</summary>
    public Must NoSubChannel(string? subChannelId) =>
        Hold(subChannelId is null, "The channel is no elastic channel: it has no sub-channels.");

    public Must Hold(bool condition, string sentence)
    {
        if (!condition)
        {
            (_broken ??= []).Add(sentence);
        }

        return this;
    }
}
