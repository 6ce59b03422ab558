import Tools

RDBCheckCommand.main()
