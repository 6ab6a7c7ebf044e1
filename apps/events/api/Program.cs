using Carillon.Events;

// The app alone, beside any endpoint.
return await EventsProgram.RunAsync(args);
