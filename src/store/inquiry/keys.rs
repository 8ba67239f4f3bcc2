//! Lists of keys as one parameter: an array on PostgreSQL, a JSON array on SQLite.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo};
use sqlx::{Encode, Postgres, Sqlite, Type};
use uuid::Uuid;

macro_rules! keys {
    ($(#[$about:meta])* $name:ident of $kind:ty, $json:expr) => {
        $(#[$about])*
        pub(super) struct $name(pub(super) Vec<$kind>);

        impl Type<Postgres> for $name {
            fn type_info() -> PgTypeInfo {
                <Vec<$kind> as Type<Postgres>>::type_info()
            }
        }

        impl Encode<'_, Postgres> for $name {
            fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                Encode::<Postgres>::encode_by_ref(&self.0, buf)
            }
        }

        impl Type<Sqlite> for $name {
            fn type_info() -> SqliteTypeInfo {
                <String as Type<Sqlite>>::type_info()
            }
        }

        impl Encode<'_, Sqlite> for $name {
            fn encode_by_ref(&self, buf: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
                let json: fn(&[$kind]) -> serde_json::Result<String> = $json;
                Encode::<Sqlite>::encode(json(&self.0)?, buf)
            }
        }
    };
}

keys!(
    /// Ids of the marketplace.
    Texts of String, |keys| serde_json::to_string(keys)
);
keys!(
    /// Numbers of rows.
    Numbers of i64, |keys| serde_json::to_string(keys)
);
keys!(
    /// Ids of notices; in JSON as hex.
    Ids of Uuid, |keys| serde_json::to_string(&keys.iter().map(|key| key.simple().to_string()).collect::<Vec<_>>())
);
