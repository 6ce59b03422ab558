/// Commands with which operators ask and steer a running server.
enum AdministrationCommands {
    static let all = [info, config, debug]
}
