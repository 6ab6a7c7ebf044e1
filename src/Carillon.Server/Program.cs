using Carillon.Server.Hosting;

// The platform alone. The program that hosts it together with the pages is apps/stack.
return await CarillonHost.Run(args);
