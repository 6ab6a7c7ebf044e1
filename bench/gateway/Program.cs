using Carillon.Server.Gateway;
using Carillon.Server.Hosting;

// Rooms whose members hear all that is said in them, their own words too: what bench/load counts.
return await CarillonHost.Run(args, new GatewayProgram("bench")
    .On("join", async call => await call.Room(call.Text("room")).Join(call.ConnectionId) ? new GatewayReply("joined") : null)
    .On("say", call => call.Room(call.Text("room")).Send(call.Body)));
