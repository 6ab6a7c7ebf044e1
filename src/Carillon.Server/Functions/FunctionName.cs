namespace Carillon.Server.Functions;

/// <summary>What requests name a function by.</summary>
/// <param name="Qualifier">A version or alias; null for none.</param>
/// <param name="IsHere">Whether it is of this region and account.</param>
internal readonly record struct FunctionName(string Name, string? Qualifier, bool IsHere)
{
    public const string Latest = "$LATEST";

    /// <summary>Reads a name, <c>name:qualifier</c>, <c>account:function:name</c> or an ARN; null for what is none of them.</summary>
    public static FunctionName? Parse(string text, string region, string account) => text.Split(':') switch
    {
        [var name] => Of(name, null, true),
        [var name, var qualifier] => Of(name, qualifier, true),
        [var owner, "function", var name] => Of(name, null, owner == account),
        [var owner, "function", var name, var qualifier] => Of(name, qualifier, owner == account),
        ["arn", _, "lambda", var at, var owner, "function", var name] => Of(name, null, at == region && owner == account),
        ["arn", _, "lambda", var at, var owner, "function", var name, var qualifier] => Of(name, qualifier, at == region && owner == account),
        _ => null,
    };

    /// <summary>Letters, digits, hyphens and underscores: 1 to 64 of them.</summary>
    public static bool IsName(string name) =>
        name.Length is >= 1 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>Whether it means what is there: we keep no versions and no aliases.</summary>
    public bool IsLatest => Qualifier is null or Latest;

    private static FunctionName? Of(string name, string? qualifier, bool isHere) =>
        IsName(name) && qualifier is not "" ? new FunctionName(name, qualifier, isHere) : null;
}
