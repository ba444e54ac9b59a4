//! The intent language of meshc.
