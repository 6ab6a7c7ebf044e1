using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Letters;
using Carillon.Events.SignIn;
using Carillon.Kit.SignIn;
using Carillon.Wire.SigV4;

namespace Carillon.Events;

/// <summary>What the app needs to know of where it runs. Of the platform: an endpoint and a key, ours or AWS's own.</summary>
public sealed record EventsOptions
{
    /// <summary>Holds <c>events.db</c> and <c>codes.key</c>; made when it is not there.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where this process reaches the platform. Asked at each use, because ports may be known only later.</summary>
    public required Func<Uri> Endpoint { get; init; }

    /// <summary>What browsers are told to speak to; null is the address that they came to.</summary>
    public Func<Uri>? ClientEndpoint { get; init; }

    /// <summary>Where people reach the app, for links; null is the address that whoever asks for one came to.</summary>
    public Uri? Address { get; init; }

    public required string Region { get; init; }

    /// <summary>Twelve digits.</summary>
    public required string Account { get; init; }

    /// <summary>May assume the roles of the shows, tag users, and act as each show's admin. It never leaves this process.</summary>
    public required Func<AwsCredentials> Credentials { get; init; }

    /// <summary>
    /// The secret that the platform signs its questions to the flow's processor with (its <c>webhook-secret</c>, without
    /// white space around it); null while there is none, and then nobody is answered.
    /// </summary>
    public Func<byte[]?>? FlowSecret { get; init; }

    /// <summary>How long a removal or a refusal can be taken back before the platform is told.</summary>
    public TimeSpan UndoWindow { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whoever is signed in here counts as organiser; null where the app runs alone.</summary>
    public OperatorSessions? Operators { get; init; }

    /// <summary>
    /// Where else than on the public internet streams may be looked at: hosts, <c>host:port</c>, addresses and networks,
    /// separated by commas.
    /// </summary>
    public string AllowedOutbound { get; init; } = "";

    /// <summary>Where this process reaches itself, for streams that it serves; null while it does not know.</summary>
    public Func<Uri>? OwnAddress { get; init; }

    /// <summary>Whom organisers may sign in with; null for links alone.</summary>
    public OpenIdOptions? OpenId { get; init; }

    /// <summary>Makes the sample's stage ready first; null leaves it to the provisioner's order.</summary>
    public IStageHands? StageHands { get; init; }

    /// <summary>True while every listener is bound to loopback: only then a sample show is made. One that an earlier run made stays until it ends.</summary>
    public bool LoopbackOnly { get; init; }

    /// <summary>Wrong codes from one address in a minute, after which it waits.</summary>
    public int FailuresPerMinute { get; init; } = 10;

    /// <summary>Wrong codes for one show in a minute, after which each address has a single one.</summary>
    public int ShowFailuresPerMinute { get; init; } = 600;

    /// <summary>How letters leave; null where none do, and then nobody can ask for one.</summary>
    public MailOptions? Mail { get; init; }

    /// <summary>How often somebody may ask for a letter.</summary>
    public LostCodeRates LostCodes { get; init; } = new();

    /// <summary>Open device sockets, over all shows, after which more are refused.</summary>
    public int MostSockets { get; init; } = 12_000;
}
