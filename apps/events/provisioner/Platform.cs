using Carillon.Kit;

namespace Carillon.Events.Provisioner;

/// <summary>The endpoint, as all parts of a provisioner share it.</summary>
internal sealed class Platform(HttpClient http, ProvisionerOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private Task<bool>? asked;
    private volatile bool bulk;
    private string? account;

    public ProvisionerOptions Options => options;

    public string Name => options.EndpointName;

    public PlatformClient Client() => new(http, options.Endpoint(), options.Region, options.Credentials(), time);

    /// <summary>Whether bulk requests are taken; asked once.</summary>
    /// <exception cref="PlatformException">It cannot be told now.</exception>
    public async ValueTask<bool> TakesBulkAsync(CancellationToken cancel)
    {
        Task<bool> asking;
        lock (gate) asking = asked ??= Client().TakesBulkAsync(cancel);
        try
        {
            return bulk = await asking;
        }
        catch
        {
            // The next asks anew.
            lock (gate) asked = asked == asking ? null : asked;
            throw;
        }
    }

    /// <summary>In force for a class, calls in 1,000 seconds; 0 for none.</summary>
    public long LimitOf(string pacedClass) =>
        (options.Rates ?? (bulk ? Rates.Off : Rates.AwsIn(options.Region))).Of(pacedClass);

    /// <summary>
    /// What a class without a limit is lowered from at least when it is refused, calls in 1,000 seconds: so that it goes on with
    /// AWS's rate, which whoever throttles is likely to hold it to. The first calls alone tell too little of what is taken.
    /// </summary>
    public long LeastOf(string pacedClass) => 2 * Rates.AwsIn(options.Region).Of(pacedClass);

    /// <summary>The account of the key, twelve digits.</summary>
    public async ValueTask<string> AccountAsync(CancellationToken cancel) =>
        account ??= (await Client().StsAsync("GetCallerIdentity", new Dictionary<string, string>(), cancel)).Text("Account")
            ?? throw new PlatformException(System.Net.HttpStatusCode.OK, "NotAnAnswer", "GetCallerIdentity names no account.");

    /// <summary>
    /// Throws unless the key is of the account that the resource is in: to any other key it looks as if it were gone.
    /// </summary>
    /// <exception cref="PlatformException">It is of another.</exception>
    public async ValueTask MustOwnAsync(string arn, CancellationToken cancel)
    {
        var (own, its) = (await AccountAsync(cancel), arn.Split(':') is { Length: > 4 } parts ? parts[4] : "");
        if (own != its)
        {
            throw new PlatformException(
                System.Net.HttpStatusCode.Forbidden, "WrongAccount", $"The key is of account {own}, and the show's resources are of {its}.");
        }
    }
}

/// <summary>A part of the provisioner: does what can be done now, and says when it wants to be asked again.</summary>
internal interface IWork
{
    string Name { get; }

    /// <summary>Calls that are under way. They end by themselves, and <see cref="StepAsync"/> writes down what came of them.</summary>
    IReadOnlyCollection<Task> Running { get; }

    /// <returns>Microseconds since 1970.</returns>
    ValueTask<long> StepAsync(CancellationToken cancel);

    /// <summary>Gives back what it has taken, so that the next need not wait until it would be anybody's.</summary>
    Task FinishAsync();
}
