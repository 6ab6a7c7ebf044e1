using System.Globalization;
using System.Net;
using System.Text;
using Carillon.Peers;

// Carillon.Peers signalr|ws|http PORT
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
else if (args[0] == "http")
{
    // Any request is read and answered as a send is, with nothing done between: what the web server itself costs.
    var answer = Encoding.UTF8.GetBytes(
        $$$"""{"ChannelArn":"{{{new string('c', 150)}}}","MessageId":"{{{new string('m', 32)}}}","Status":{"Value":"SENT"}}""");
    app.Run(async http =>
    {
        var body = http.Request.BodyReader;
        var read = await body.ReadAsync();
        while (!read.IsCompleted)
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await body.ReadAsync();
        }

        body.AdvanceTo(read.Buffer.End);
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = answer.Length;
        await http.Response.Body.WriteAsync(answer);
    });
}
else
{
    app.UseWebSockets();
    app.Map("/", new PlainRooms().Serve);
}

app.Run();
