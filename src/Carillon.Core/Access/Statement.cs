namespace Carillon.Core.Access;

/// <summary>One compiled statement. Exactly what IAM can ask: these actions, on these resources or by these principals, if.</summary>
internal sealed record Statement(Effect Effect, bool NotActions, Pattern[] Actions, Condition[] Conditions)
{
    /// <summary>Empty in trust policies, whose resource is the role they belong to.</summary>
    public Pattern[] Resources { get; init; } = [];

    public bool NotResources { get; init; }

    /// <summary>Empty in identity policies, whose principal is whoever they are attached to.</summary>
    public PrincipalPattern[] Principals { get; init; } = [];

    /// <summary>Partition and service stand for themselves in an ARN; wildcards cross every colon after them.</summary>
    private const int ResourceComponents = 4;

    public bool SpeaksOf(string action)
    {
        foreach (var pattern in Actions)
        {
            if (pattern.Against(action, default, ignoreCase: true) == Match.Yes)
                return !NotActions;
        }
        return NotActions;
    }

    public bool Holds(Circumstances about)
    {
        foreach (var condition in Conditions)
        {
            if (!condition.Holds(about, Effect))
                return false;
        }
        return true;
    }

    /// <remarks>
    /// A variable that the request cannot fill names no resource. Under <c>NotResource</c> AWS does not say what follows;
    /// ours is the safe side: such an Allow allows nothing, such a Deny excepts nothing.
    /// </remarks>
    public bool Touches(Circumstances about)
    {
        foreach (var pattern in Resources)
        {
            switch (pattern.AgainstArn(about.Arn, about, ResourceComponents))
            {
                case Match.Yes:
                    return !NotResources;
                case Match.Unknown when NotResources && Effect == Effect.Allow:
                    return false;
            }
        }
        return NotResources;
    }
}
