/// Versions that the server names.
enum Version {
    /// Ledgerstone's own.
    static let ledgerstone = "0.1.0"
    /// The version of Redis whose contract it keeps, for clients that check.
    static let redis = "7.2.6"
}
