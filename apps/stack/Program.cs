using Carillon.Server.Hosting;
using Carillon.Stack;

// The platform and its pages in one process: what ./run starts.
return await Launch.Run(args, adjust: Pages.Adjust, furnish: Pages.Open);
