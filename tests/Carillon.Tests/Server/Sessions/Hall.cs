namespace Carillon.Tests.Server.Sessions;

/// <summary>
/// People with open sessions around one channel, and a second channel that all are in: what was said there last tells
/// each session that everything before it has arrived, so that silence can be asserted without waiting for it.
/// </summary>
internal sealed class Hall : IAsyncDisposable
{
    /// <summary>Everyone, by the name of the session; one person has two.</summary>
    public static readonly string[] Sessions = ["owner", "ann", "ann again", "bob", "hidden", "admin", "moderator", "stranger"];

    private readonly Dictionary<string, SessionClient> _sessions = [];
    private readonly string _pulse;
    private int _beats;

    private Hall(App app, string channel, string pulse)
    {
        App = app;
        Channel = channel;
        _pulse = pulse;
    }

    public App App { get; }

    public ChimeClient Chime => App.Root;

    public string Channel { get; }

    public SessionClient this[string session] => _sessions[session];

    public string Arn(string person) => App.UserArn(person);

    public string Owner => Arn("owner");

    public static async Task<Hall> Open(LiveServer server, string mode = "RESTRICTED", string privacy = "PRIVATE")
    {
        var app = await server.NewApp();
        var people = await app.NewUsers("owner", "ann", "bob", "hidden", "admin", "moderator", "stranger");
        (await app.Root.CreateAppInstanceAdmin(app.Arn, app.UserArn("admin"))).Ok();
        var channel = await app.NewChannel(
            app.UserArn("owner"), mode, privacy, [app.UserArn("ann"), app.UserArn("bob")], [app.UserArn("moderator")]);
        (await app.Root.CreateChannelMembership(app.UserArn("owner"), channel, app.UserArn("hidden"), "HIDDEN")).Ok();
        var pulse = await app.NewChannel(people[0], members: people[1..]);
        var hall = new Hall(app, channel, pulse);
        foreach (var name in Sessions)
        {
            hall._sessions[name] = await SessionClient.Start(server, app.UserArn(name.Split(' ')[0]));
        }

        return hall;
    }

    /// <summary>What each session heard while <paramref name="act"/> ran; those that heard nothing are left out.</summary>
    public async Task<Dictionary<string, Frame[]>> Heard(Func<Task> act)
    {
        var before = _sessions.ToDictionary(s => s.Key, s => s.Value.Frames.Count);
        await act();
        await Settle();
        return _sessions
            .Select(s => (s.Key, Frames: s.Value.Frames.Skip(before[s.Key]).Where(f => f.Channel != _pulse).ToArray()))
            .Where(s => s.Frames.Length > 0)
            .ToDictionary(s => s.Key, s => s.Frames);
    }

    /// <summary>Returns when every open session has heard all that was announced until now.</summary>
    public async Task Settle()
    {
        var beat = $"beat {++_beats}";
        (await Chime.SendChannelMessage(Owner, _pulse, beat, persistence: "NON_PERSISTENT")).Ok();
        await Task.WhenAll(_sessions.Values.Where(s => s.IsOpen).Select(s => s.Wait(f => f.Channel == _pulse && f.Text("Content") == beat)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions.Values)
        {
            await session.DisposeAsync();
        }
    }
}
