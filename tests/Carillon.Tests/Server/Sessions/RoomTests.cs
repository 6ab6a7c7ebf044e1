using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Server.Sessions;
using Carillon.Sockets;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Tests.Server.Sessions;

public sealed class RoomTests : IDisposable
{
    private const int Rooms = 60;
    private const int Sessions = 40;

    private readonly SocketLoop _loop = new(new ManualTime(), NullLogger.Instance);

    /// <summary>A step enters or leaves a room; few sessions are in many rooms, and few rooms hold many sessions.</summary>
    private static readonly Gen<(bool Enters, int Room, int Session)[]> _steps =
        (from enters in Gen.Frequency((3, Gen.Constant(true)), (2, Gen.Constant(false)))
         from room in Gen.OneOf(Gen.Choose(0, Rooms - 1), Gen.Choose(0, 3))
         from session in Gen.OneOf(Gen.Choose(0, Sessions - 1), Gen.Choose(0, 2))
         select (enters, room, session)).ArrayOf(1500);

    [Fact]
    public void Rooms_and_the_seats_of_sessions_know_the_same_as_a_set_of_pairs() => Prop.ForAll(_steps.ToArbitrary(), steps =>
    {
        var person = new Person(new(1), new(1), "app", PersonKind.User, "ann", "Ann");
        var rooms = Enumerable.Range(0, Rooms).Select(i => new Room(new(i + 1), null)).ToArray();
        var sessions = Enumerable.Range(0, Sessions).Select(_ => new Session(new HeldSocket(_loop), person, null)).ToArray();
        var pairs = new HashSet<(int Room, int Session)>();
        foreach (var (enters, room, session) in steps)
        {
            var changes = enters ? pairs.Add((room, session)) : pairs.Remove((room, session));
            if (changes != (enters ? rooms[room].Enter(sessions[session]) : rooms[room].Leave(sessions[session])))
            {
                return false;
            }
        }

        return Enumerable.Range(0, Rooms).All(room => rooms[room].Members.ToArray().ToHashSet()
                .SetEquals(pairs.Where(p => p.Room == room).Select(p => sessions[p.Session]))
                && rooms[room].Count == pairs.Count(p => p.Room == room))
            && Enumerable.Range(0, Sessions).All(session =>
                Enumerable.Range(0, sessions[session].Seats.Count).Select(i => sessions[session].Seats[i]).ToHashSet()
                    .SetEquals(pairs.Where(p => p.Session == session).Select(p => rooms[p.Room]))
                && sessions[session].Seats.Count == pairs.Count(p => p.Session == session));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void A_session_leaves_many_rooms_in_any_order()
    {
        var person = new Person(new(1), new(1), "app", PersonKind.User, "ann", "Ann");
        var session = new Session(new HeldSocket(_loop), person, null);
        var other = new Session(new HeldSocket(_loop), person, null);
        var rooms = Enumerable.Range(0, 100).Select(i => new Room(new(i + 1), null)).ToArray();
        Assert.All(rooms, room => Assert.True(room.Enter(other) && room.Enter(session) && !room.Enter(session)));

        Random.Shared.Shuffle(rooms);
        Assert.All(rooms, room =>
        {
            Assert.True(session.Seats.Find(room) >= 0);
            Assert.True(room.Leave(session));
            Assert.True(session.Seats.Find(room) < 0);
            Assert.Equal([other], room.Members.ToArray());
        });
        Assert.Equal(0, session.Seats.Count);
        Assert.Equal(100, other.Seats.Count);
    }

    public void Dispose() => _loop.Dispose();
}
