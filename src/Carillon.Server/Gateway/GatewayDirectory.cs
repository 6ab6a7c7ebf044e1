using System.Collections.Concurrent;
using System.Text.Json;
using Carillon.Core;
using Carillon.Core.Gateway;
using Carillon.Server.Hosting;

namespace Carillon.Server.Gateway;

/// <summary>
/// The stages that run, compiled: of APIs in C#, of the definitions file, and of the store, in this order where ids meet. The file is
/// read again when it changes.
/// </summary>
internal sealed partial class GatewayDirectory(
    IStore store, GatewayHub hub, IntegrationTools tools, IEnumerable<GatewayProgram> programs, string? file, TimeProvider time,
    ILogger<GatewayDirectory> log) : BackgroundService
{
    /// <summary>Between looks at the definitions file. Ours.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Api, string Stage), LiveStage> _stages = new();
    private readonly ConcurrentDictionary<string, StrayHandshakes> _strays = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private Dictionary<string, ApiSnapshot> _given = [];
    private (DateTime, long) _fileState;

    /// <summary>Null where there is no such stage, or nothing is deployed to it.</summary>
    public LiveStage? Find(string api, string stage) =>
        _stages.TryGetValue((api, stage), out var live) && live.Compiled is not null ? live : null;

    /// <summary>The same, also where nothing is deployed to it.</summary>
    public LiveStage? FindAny(string api, string stage) => _stages.GetValueOrDefault((api, stage));

    /// <summary>Handshakes that found no stage of an API; null where there is no such API, so that nobody makes it keep what they invent.</summary>
    public StrayHandshakes? StraysOf(string api) => _strays.GetValueOrDefault(api);

    /// <summary>APIs that do not stand in the store, by id.</summary>
    public IReadOnlyDictionary<string, ApiSnapshot> Elsewhere => Volatile.Read(ref _given);

    /// <summary>Whether an API is one in C#.</summary>
    public bool IsProgram(string api) => programs.Any(p => p.Api == api);

    /// <summary>Loads everything.</summary>
    /// <exception cref="SettingException">The definitions file cannot be used.</exception>
    public void Load()
    {
        try
        {
            (_given, _fileState) = (Given(), StateOfFile());
            foreach (var api in _given.Keys)
            {
                Refresh(api, isStrict: true);
            }
        }
        catch (Exception e) when (e is FormatException or JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"GatewayDefinitions: {file} cannot be used: {e.Message}");
        }

        long? after = null;
        do
        {
            var page = store.Read(view => view.ListGatewayResources(GatewayPlace.Apis, 100, after));
            foreach (var api in page.Items)
            {
                Refresh(api.Id);
            }

            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>That what is deployed can run.</summary>
    /// <exception cref="FormatException">It cannot; the sentence says why.</exception>
    public void Check(ApiSnapshot snapshot) => _ = new CompiledStage(snapshot, new(), tools);

    /// <summary>After a change of an API: what runs of it is what is deployed now.</summary>
    public void Refresh(string api) => Refresh(api, isStrict: false);

    private void Refresh(string api, bool isStrict)
    {
        lock (_lock)
        {
            var (isThere, wanted) = _given.TryGetValue(api, out var given)
                ? (true, StagesOf(given))
                : store.Read(view => (view.FindGatewayResource(GatewayPlace.Apis, api) is not null, StagesOf(view, api)));
            if (!isThere)
            {
                _strays.TryRemove(api, out _);
            }
            else if (!_strays.ContainsKey(api))
            {
                _strays[api] = new();
            }

            foreach (var stage in wanted)
            {
                var live = _stages.GetOrAdd((api, stage.Definition.StageName!), key => new(key.Api, key.Stage));
                if (live.Source == stage.Source)
                {
                    continue;
                }

                try
                {
                    live.Compiled = stage.Snapshot is null ? null : new(stage.Snapshot, stage.Definition, tools);
                    live.Source = stage.Source;
                    live.Fault = null;
                }
                catch (FormatException e) when (!isStrict)
                {
                    // What ran before goes on.
                    live.Fault = e.Message;
                    NotCompiled(api, live.Name, e.Message);
                }
            }

            foreach (var (key, live) in _stages)
            {
                if (key.Api == api && !wanted.Exists(w => w.Definition.StageName == key.Stage) && _stages.TryRemove(key, out _))
                {
                    hub.CloseAll(live);
                }
            }
        }
    }

    private static List<(StageDefinition Definition, ApiSnapshot? Snapshot, string Source)> StagesOf(ApiSnapshot api) =>
    [
        .. (api.Stages ?? []).Select(s => (
            s.StageName is { Length: > 0 } ? s : throw new FormatException("A stage has no stageName."), (ApiSnapshot?)api,
            JsonSerializer.Serialize(api, GatewayJson.Default.ApiSnapshot))),
    ];

    private static List<(StageDefinition Definition, ApiSnapshot? Snapshot, string Source)> StagesOf(IView view, string api) =>
    [
        .. Deploying.Stages(view, api).Select(stage =>
        {
            var deployment = stage.Definition.DeploymentId is { } id
                ? view.FindGatewayResource(new(api, GatewayKind.Deployment), id)
                : null;
            return (
                stage.Definition,
                deployment is null ? null : JsonSerializer.Deserialize(deployment.Definition, GatewayJson.Default.DeploymentDefinition)!.Snapshot,
                $"{deployment?.Id}\n{stage.Resource.Definition}");
        }),
    ];

    /// <summary>By id: what stands in code and in the file.</summary>
    private Dictionary<string, ApiSnapshot> Given()
    {
        var given = programs.ToDictionary(p => p.Api, p => p.Definition(), StringComparer.Ordinal);
        if (file is not null && File.Exists(file))
        {
            foreach (var api in JsonSerializer.Deserialize(File.ReadAllBytes(file), GatewayJson.Default.ListApiSnapshot) ?? [])
            {
                given.TryAdd(api.Api.ApiId is { Length: > 0 } id ? id : throw new FormatException("An API has no apiId."), api);
            }
        }

        return given;
    }

    private (DateTime, long) StateOfFile() =>
        file is not null && new FileInfo(file) is { Exists: true } info ? (info.LastWriteTimeUtc, info.Length) : default;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (file is null)
        {
            return;
        }

        using var ticks = new PeriodicTimer(Look, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(stoppingToken))
            {
                Reread();
            }
        }
        catch (OperationCanceledException)
        {
            // The server is shutting down.
        }
    }

    /// <summary>Takes the definitions file where it has changed. One that cannot be used changes nothing, and is told of once.</summary>
    internal void Reread()
    {
        var state = StateOfFile();
        if (state == _fileState)
        {
            return;
        }

        _fileState = state;
        try
        {
            var given = Given();
            var before = _given;
            _given = given;
            foreach (var api in given.Keys.Union(before.Keys))
            {
                Refresh(api);
            }

            Reread(given.Count);
        }
        catch (Exception e) when (e is FormatException or JsonException or IOException or UnauthorizedAccessException)
        {
            NotRead(file!, e.Message);
        }
    }

    [LoggerMessage(8003, LogLevel.Error, "The stage {Api}/{Stage} cannot run as it is deployed; what ran before goes on. {Reason}")]
    private partial void NotCompiled(string api, string stage, string reason);

    [LoggerMessage(8004, LogLevel.Error, "The gateway's definitions {File} cannot be used; what ran before goes on. {Reason}")]
    private partial void NotRead(string file, string reason);

    [LoggerMessage(8005, LogLevel.Information, "The gateway's definitions were read again: {Count} APIs.")]
    private partial void Reread(int count);
}
