using System.Globalization;
using System.Net;
using Carillon.Peers;

// Carillon.Peers signalr|ws PORT
var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, int.Parse(args[1], CultureInfo.InvariantCulture)));
builder.WebHost.UseSockets(sockets => sockets.Backlog = 4096);

// Defaults, but for the patience with clients that send no pings.
builder.Services.AddSignalR(hub => hub.ClientTimeoutInterval = TimeSpan.FromMinutes(10));
var app = builder.Build();
if (args[0] == "signalr")
{
    app.MapHub<Room>("/hub");
}
else
{
    app.UseWebSockets();
    app.Map("/", new PlainRooms().Serve);
}

app.Run();
