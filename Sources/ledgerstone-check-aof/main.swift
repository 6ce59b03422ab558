import Tools

AOFCheckCommand.main()
