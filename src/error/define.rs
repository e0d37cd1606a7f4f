//! How the table of codes becomes an enum: each code with its name, its kind, when it comes and what to do.

macro_rules! codes {
    ($($variant:ident $name:literal $kind:ident $when:literal $fix:literal;)*) => {
        /// What exactly is wrong. The names are stable: scripts and the documentation rely on them.
        ///
        /// ```
        /// use tierbook::{Database, ErrorCode};
        /// let error = Database::open("no/such/folder").unwrap_err();
        /// assert_eq!(error.code(), ErrorCode::NoDatabase);
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = $when] $variant,)*
        }

        impl ErrorCode {
            /// Every code, in alphabetical order of the names.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$variant),*];

            /// The stable name, in snake case.
            ///
            /// ```
            /// assert_eq!(tierbook::ErrorCode::UnknownSubject.as_str(), "unknown_subject");
            /// ```
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$variant => $name,)* }
            }

            /// The kind of error that has this code.
            ///
            /// ```
            /// use tierbook::{ErrorCode, ErrorKind};
            /// assert_eq!(ErrorCode::NoDatabase.kind(), ErrorKind::NotFound);
            /// ```
            pub fn kind(self) -> ErrorKind {
                match self { $(ErrorCode::$variant => ErrorKind::$kind,)* }
            }

            /// When it comes, in one sentence.
            ///
            /// ```
            /// for code in tierbook::ErrorCode::ALL {
            ///     assert!(code.meaning().ends_with('.') && code.fix().ends_with('.'), "{code}");
            /// }
            /// ```
            pub fn meaning(self) -> &'static str {
                match self { $(ErrorCode::$variant => $when,)* }
            }

            /// What to do about it, in one sentence.
            ///
            /// ```
            /// use tierbook::ErrorCode;
            /// assert!(ErrorCode::AmbiguousSource.fix().starts_with("Write more digits"));
            /// ```
            pub fn fix(self) -> &'static str {
                match self { $(ErrorCode::$variant => $fix,)* }
            }
        }

        impl fmt::Display for ErrorCode {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(super) use codes;
