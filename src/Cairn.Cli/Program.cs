return Cairn.Cli.CommandLine.Run(args, Console.Out, Console.Error);
