using Carillon.Events.Core.Provisioning;
using Carillon.Wire.SigV4;

namespace Carillon.Events.Provisioner;

/// <summary>Calls a second of each class; 0 for no limit.</summary>
public sealed record Rates(double Users, double Batches, double Members, double Others)
{
    public static readonly Rates Off = new(0, 0, 0, 0);

    /// <summary>
    /// AWS's ("Amazon Chime SDK endpoints and quotas", read 2026-11): 10 changes of users a second in an app instance, a batch
    /// of memberships a second in a channel, and 10 calls of messaging a second of one bearer, in eu-central-1 5.
    /// </summary>
    public static Rates AwsIn(string region) => Within(10, 1, region == "eu-central-1" ? 5 : 10);

    /// <summary>
    /// Shares out what one bearer may do: a fifth is for what is done once for a show. Of batches a fifth is left: where there may be
    /// one a second, a call that is late on its way and the next one that is not come too soon together. 0 is no limit,
    /// here too.
    /// </summary>
    public static Rates Within(double users, double batches, double bearer)
    {
        if (bearer == 0) return new(users, batches * 0.8, 0, 0);
        var others = bearer / 5;
        var ofBatches = batches == 0 ? bearer / 2 : Math.Min(batches, bearer / 2);
        return new(users, ofBatches * 0.8, bearer - others - ofBatches, others);
    }

    /// <summary>Calls in 1,000 seconds.</summary>
    public long Of(string pacedClass) => (long)(1000 * pacedClass switch
    {
        PacedClasses.Users => Users,
        PacedClasses.Batches => Batches,
        PacedClasses.Members => Members,
        _ => Others,
    });
}

/// <summary>What the provisioner needs to know of where it runs.</summary>
public sealed record ProvisionerOptions
{
    /// <summary>Asked at each use, because ports may be known only later.</summary>
    public required Func<Uri> Endpoint { get; init; }

    /// <summary>By which the provisioners know that they share an endpoint's limits. Default: one for all.</summary>
    public string EndpointName { get; init; } = "platform";

    public required string Region { get; init; }

    /// <summary>May do everything of Chime, and make roles and streams.</summary>
    public required Func<AwsCredentials> Credentials { get; init; }

    /// <summary>Null: AWS's where the endpoint takes no bulk requests, and none where it does.</summary>
    public Rates? Rates { get; init; }

    /// <summary>Memberships that a channel may have; beyond it a show's channel is elastic. Default: AWS's quota.</summary>
    public int MembersPerChannel { get; init; } = 10_000;

    /// <summary>What a part of an elastic channel is to hold. Ours; AWS's quota is 1,000.</summary>
    public int MembersPerPart { get; init; } = 500;

    /// <summary>Parts of an elastic channel. AWS's quota.</summary>
    public int PartsPerChannel { get; init; } = 100;

    /// <summary>The name of the Lambda function that stands for the processor of the channels.</summary>
    public string FlowFunction { get; init; } = "carillon-events";

    /// <summary>How long taken work stays with whoever took it; a call ends well before. Ours.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a stream stays with the provisioner that reads it into the archive, once it says nothing any more. Ours.</summary>
    public TimeSpan ArchiveLease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call may take. Ours.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Between two looks for work where there was none. Ours.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>For how long the stream must be silent, once a show is over, before its archive is counted. Ours.</summary>
    public TimeSpan ArchiveQuiet { get; init; } = TimeSpan.FromSeconds(5);
}
