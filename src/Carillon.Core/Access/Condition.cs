namespace Carillon.Core.Access;

/// <summary>One key of one operator in a <c>Condition</c> element.</summary>
/// <param name="key">The condition key whose values are asked for.</param>
/// <param name="set">How many of the request's values must pass.</param>
/// <param name="ifExists">Whether an absent key passes.</param>
/// <param name="negated">Whether a value passes by equalling none of <paramref name="wanted"/>, not by equalling one.</param>
/// <param name="wanted">At least one.</param>
internal sealed class Condition(string key, SetOperator set, bool ifExists, bool negated, Comparand[] wanted)
{
    /// <param name="about">The request and the target.</param>
    /// <param name="effect">
    /// Decides the case that AWS leaves open, a plain operator on a key with several values, to the safe side: all of
    /// them must pass to allow, any of them to deny.
    /// </param>
    public bool Holds(Circumstances about, Effect effect)
    {
        var values = about.Find(key);
        if (wanted[0] is Presence)
            return Passes(values.Count == 0 ? "true" : "false", about);
        if (values.Count == 0)
        {
            // IfExists changes nothing under a set operator: it speaks of a value, and there is none to speak of.
            return set switch
            {
                SetOperator.ForAllValues => true,
                SetOperator.ForAnyValue => false,
                _ => negated || ifExists,
            };
        }
        var all = set == SetOperator.ForAllValues || (set == SetOperator.None && effect == Effect.Allow);
        for (var i = 0; i < values.Count; i++)
        {
            if (Passes(values[i], about) != all)
                return !all;
        }
        return all;
    }

    /// <remarks>
    /// A variable that the request cannot fill equals nothing, so it passes under a negated operator: IAM User Guide,
    /// "Policy variables with no value". A Deny for whoever lacks a tag depends on it.
    /// </remarks>
    private bool Passes(string value, Circumstances about)
    {
        foreach (var comparand in wanted)
        {
            if (comparand.Holds(value, about) == Match.Yes)
                return !negated;
        }
        return negated;
    }
}

/// <summary>The words before an operator's name that say how it treats several values.</summary>
internal enum SetOperator
{
    None,

    /// <summary>Every value of the request passes; none at all passes too.</summary>
    ForAllValues,

    /// <summary>At least one value of the request passes.</summary>
    ForAnyValue,
}

internal enum Effect
{
    Allow,
    Deny,
}
