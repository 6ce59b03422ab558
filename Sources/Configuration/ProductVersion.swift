/// Versions that the programs name.
public enum ProductVersion {
    /// Ledgerstone's own.
    public static let ledgerstone = "0.1.0"
    /// The version of Redis whose contract it keeps, for clients that check.
    public static let redis = "7.2.6"
}
