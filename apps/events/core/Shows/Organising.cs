namespace Carillon.Events.Core.Shows;

/// <summary>What organisers do with shows.</summary>
public static class Organising
{
    /// <param name="zone">An IANA name; null is UTC, until somebody says where it takes place.</param>
    /// <exception cref="Refused">BadRequest with the member: the title, or a zone that is none.</exception>
    public static Show Create(IShowLedger ledger, string title, bool sample = false, string? zone = null)
    {
        var definition = new ShowDefinition { Title = title };
        if (zone is not null)
        {
            if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)) throw new Refused(Reason.BadRequest, "member", "zone");
            definition = definition with { Zone = zone };
        }

        Check(definition);
        return ledger.ShowByKey(ledger.AddShow(Ids.New(), Slugs.Free(ledger, title), definition, sample))!;
    }

    /// <summary>Stores a definition over the version that its form began with. It is checked already (<see cref="Check"/>).</summary>
    /// <exception cref="Refused">NotFound; Changed with <c>current</c>: somebody else stored one meanwhile; WrongState.</exception>
    public static Show Save(IShowLedger ledger, string id, ShowDefinition definition, long version)
    {
        var show = ledger.ShowById(id) ?? throw new Refused(Reason.NotFound);
        if (show.Version != version) throw new Refused(Reason.Changed, "current", show.Version);
        if (show.State >= ShowState.Ended) throw new Refused(Reason.WrongState);
        // What could not be published so cannot become so: without an end nobody would ever archive and remove it.
        if (show.State == ShowState.Published && PublishCheck.Of(definition, DateTimeOffset.MinValue) is [var lack, ..])
            throw new Refused(Reason.BadRequest, "member", lack.Field);
        // What fans were told stays reachable; a draft's address follows its title.
        if (show.State == ShowState.Draft && definition.Title != show.Definition.Title)
            ledger.PutSlug(show.Key, Slugs.Free(ledger, definition.Title));
        ledger.PutDefinition(show.Key, definition);
        return ledger.ShowByKey(show.Key)!;
    }

    /// <returns>What is missing; empty when it was published.</returns>
    public static IReadOnlyList<Lack> Publish(IShowLedger ledger, string id)
    {
        var show = ledger.ShowById(id) ?? throw new Refused(Reason.NotFound);
        if (show.State == ShowState.Published) return [];
        if (show.State != ShowState.Draft) throw new Refused(Reason.WrongState);
        var lacks = PublishCheck.Of(show.Definition, Times.FromMicroseconds(ledger.Now));
        if (lacks.Count == 0) ledger.PutState(show.Key, ShowState.Published);
        return lacks;
    }

    /// <exception cref="Refused">WrongState: somebody has come in already.</exception>
    public static void Unpublish(IShowLedger ledger, string id)
    {
        var show = ledger.ShowById(id) ?? throw new Refused(Reason.NotFound);
        if (show.State == ShowState.Draft) return;
        if (show.State != ShowState.Published || ledger.CountsOf(show.Key).Entered > 0) throw new Refused(Reason.WrongState);
        ledger.PutState(show.Key, ShowState.Draft);
    }

    /// <summary>The show is over now; nobody comes in any more.</summary>
    public static void End(IShowLedger ledger, string id)
    {
        var show = ledger.ShowById(id) ?? throw new Refused(Reason.NotFound);
        if (show.State >= ShowState.Ended) return;
        if (show.State != ShowState.Published) throw new Refused(Reason.WrongState);
        ledger.PutState(show.Key, ShowState.Ended);
    }

    /// <summary>A draft with the same definition, without times.</summary>
    public static Show Duplicate(IShowLedger ledger, string id)
    {
        var show = ledger.ShowById(id) ?? throw new Refused(Reason.NotFound);
        var copy = show.Definition with { StartsAt = null, DoorsAt = null, EndsAt = null };
        return ledger.ShowByKey(ledger.AddShow(Ids.New(), Slugs.Free(ledger, copy.Title), copy, sample: false))!;
    }

    /// <exception cref="Refused">WrongState: it is no draft.</exception>
    public static void Delete(IShowLedger ledger, string id)
    {
        var show = ledger.ShowById(id) ?? throw new Refused(Reason.NotFound);
        if (show.State != ShowState.Draft) throw new Refused(Reason.WrongState);
        ledger.DeleteShow(show.Key);
    }

    /// <summary>Before the transaction: words are compiled to be checked, and the store has one writer.</summary>
    /// <exception cref="Refused">BadRequest with the member.</exception>
    public static void Check(ShowDefinition definition)
    {
        if (PublishCheck.WrongMember(definition) is { } member) throw new Refused(Reason.BadRequest, "member", member);
    }
}
